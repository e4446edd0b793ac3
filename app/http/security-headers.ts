import { randomBytes } from "node:crypto";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import helmet from "helmet";

export interface SecurityHeadersOptions {
  /** Whether the portal is reached by https. */
  isSecure: boolean;
  /** Vite's development server needs inline styles, and a socket of its own. */
  isDevelopment: boolean;
  /** The one address that the portal's own pages load in a frame: the download. */
  framedPath: string;
}

const NONCE_BYTES = 16;

/** What the portal does not use, so that nothing that gets into a page can. */
const DENIED_FEATURES = [
  "accelerometer",
  "autoplay",
  "browsing-topics",
  "camera",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "hid",
  "identity-credentials-get",
  "idle-detection",
  "local-fonts",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "picture-in-picture",
  "publickey-credentials-get",
  "screen-wake-lock",
  "serial",
  "usb",
  "xr-spatial-tracking",
];

/**
 * The headers of every answer: a content security policy with a nonce of this answer for scripts
 * (`nonceOf`), no frames but the download's, nothing for other origins, and nothing kept in a cache
 * unless whoever answers says so. See docs/decisions/023-content-security-policy.md.
 */
export function securityHeaders(options: SecurityHeadersOptions): RequestHandler {
  const applyHelmet = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: policy(options) },
    crossOriginEmbedderPolicy: { policy: "require-corp" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    referrerPolicy: { policy: "same-origin" },
    strictTransportSecurity: options.isSecure,
    xFrameOptions: { action: "deny" },
  });
  return (req: Request, res: Response, next: NextFunction): void => {
    res.locals["nonce"] = randomBytes(NONCE_BYTES).toString("base64");
    res.setHeader("Cache-Control", "private, no-store");
    res.setHeader(
      "Permissions-Policy",
      DENIED_FEATURES.map((feature) => `${feature}=()`).join(", "),
    );
    applyHelmet(req, res, (error?: unknown) => {
      if (isOwnFrame(req, options.framedPath)) res.setHeader("X-Frame-Options", "SAMEORIGIN");
      next(error);
    });
  };
}

/** The nonce that the scripts of this answer carry. */
export function nonceOf(res: Response): string {
  return String(res.locals["nonce"]);
}

function policy({ isSecure, isDevelopment, framedPath }: SecurityHeadersOptions) {
  return {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    "connect-src": isDevelopment ? ["'self'", "ws:"] : ["'self'"],
    "font-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": [
      (req: object) => (isOwnFrame(req as Request, framedPath) ? "'self'" : "'none'"),
    ],
    "frame-src": ["'self'"],
    "img-src": ["'self'"],
    "script-src": ["'self'", (_req: object, res: object) => `'nonce-${nonceOf(res as Response)}'`],
    "script-src-attr": ["'none'"],
    "worker-src": ["'self'"],
    "style-src": isDevelopment ? ["'self'", "'unsafe-inline'"] : ["'self'"],
    ...(isSecure ? { "upgrade-insecure-requests": [] } : {}),
  };
}

/** Whether a page of the portal loads the download in its hidden frame. */
function isOwnFrame(req: Request, framedPath: string): boolean {
  return (
    req.path === framedPath &&
    req.get("Sec-Fetch-Dest") === "iframe" &&
    req.get("Sec-Fetch-Site") === "same-origin"
  );
}
