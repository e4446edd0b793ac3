import type { CSSProperties } from "react";
import { CircleCheck, CircleX, Info } from "lucide-react";
import { Toaster as Sonner } from "sonner";

const look = {
  "--normal-bg": "var(--surface)",
  "--normal-text": "var(--ink)",
  "--normal-border": "var(--line)",
  "--border-radius": "0.75rem",
  "--width": "24rem",
  "--toast-close-button-start": "unset",
  "--toast-close-button-end": "0",
  "--toast-close-button-transform": "translate(35%, -35%)",
} as CSSProperties;

/** Where toasts appear; in the page once. */
export function Toaster() {
  return (
    <Sonner
      theme="system"
      position="bottom-right"
      closeButton
      containerAriaLabel="Messages"
      style={look}
      toastOptions={{
        classNames: { toast: "items-start!", title: "font-semibold!", closeButton: "size-6!" },
      }}
      icons={{
        success: <CircleCheck aria-hidden="true" className="size-4.5 text-accent" />,
        info: <Info aria-hidden="true" className="size-4.5 text-ink-soft" />,
        error: <CircleX aria-hidden="true" className="size-4.5 text-danger" />,
      }}
    />
  );
}
