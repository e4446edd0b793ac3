import type { Page } from "@playwright/test";

/** Fields that take text, and what is a button or looks like one. What is underlined is a link. */
const CONTROLS =
  "button, select, textarea, a[class~=border], input:not([type=hidden], [type=checkbox], [type=radio], [type=file])";

/** Controls whose edge cannot be told from the page behind them. */
export function controlsWithoutEdge(page: Page): Promise<string[]> {
  return page.evaluate((selector) => {
    const canvas = getComputedStyle(document.documentElement).backgroundColor;
    return [...document.querySelectorAll(selector)].flatMap((element) => {
      const { borderTopWidth, borderTopStyle, borderTopColor, textDecorationLine } =
        getComputedStyle(element);
      const hasEdge =
        parseFloat(borderTopWidth) >= 1 && borderTopStyle === "solid" && borderTopColor !== canvas;
      const isFine = hasEdge || textDecorationLine === "underline" || !element.checkVisibility();
      return isFine ? [] : [element.outerHTML];
    });
  }, CONTROLS);
}

/** Bars of which nothing is seen. They are looked at, as styles do not tell what a browser draws. */
export async function unseenBars(page: Page): Promise<string[]> {
  const picture = await page.screenshot({ fullPage: true });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    context.drawImage(image, 0, 0);
    const bars = [...document.querySelectorAll("progress, .share-bar")];
    return bars.flatMap((bar) => {
      const { x, y, width, height } = bar.getBoundingClientRect();
      if (!bar.checkVisibility() || width === 0) return [];
      const { data } = context.getImageData(x + scrollX, y + scrollY, width, height);
      const lightness = [...data].filter((_, index) => index % 4 !== 3);
      const isSeen = Math.max(...lightness) - Math.min(...lightness) > 100;
      return isSeen ? [] : [bar.outerHTML];
    });
  }, picture.toString("base64"));
}

/** What can have the focus and does not show it, itself or by what lies around it. */
export async function focusWithoutRing(page: Page): Promise<string[]> {
  // From here on the browser takes the focus as the keyboard's.
  await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const hasRing = (element: Element | null): boolean => {
      if (element === null) return false;
      const { outlineStyle, outlineWidth, opacity } = getComputedStyle(element);
      const isRing = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && opacity !== "0";
      return isRing || hasRing(element.parentElement);
    };
    const focusable = document.querySelectorAll<HTMLElement>(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']",
    );
    return [...focusable].flatMap((element) => {
      element.focus({ preventScroll: true });
      const isFine = document.activeElement !== element || hasRing(element);
      return isFine ? [] : [element.outerHTML];
    });
  });
}

/** Lines with less than 3:1 to what is behind them. Transparent ones are none. */
export function faintLines(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
    const channels = (colour: string) => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const isTransparent = (colour: string) => channels(colour)[3] === 0;
    const behind = (element: Element | null): string => {
      if (element === null) return "white";
      const { backgroundColor } = getComputedStyle(element);
      return isTransparent(backgroundColor) ? behind(element.parentElement) : backgroundColor;
    };
    return [...document.body.querySelectorAll("*")].flatMap((element) => {
      const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(element);
      const isLine = parseFloat(borderTopWidth) > 0 && borderTopStyle !== "none";
      if (!isLine || isTransparent(borderTopColor) || !element.checkVisibility()) return [];
      const [dark = 0, light = 0] = [borderTopColor, behind(element)]
        .map(luminance)
        .sort((a, b) => a - b);
      const ratio = (light + 0.05) / (dark + 0.05);
      return ratio >= 3 ? [] : [`${ratio.toFixed(2)}: ${element.outerHTML}`];
    });
  });
}
