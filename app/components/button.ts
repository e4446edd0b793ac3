const BASE =
  "inline-flex items-center justify-center gap-2 rounded-lg border font-semibold whitespace-nowrap " +
  "transition-colors aria-disabled:cursor-default";

const VARIANTS = {
  primary:
    "border-transparent bg-accent text-accent-ink hover:bg-accent-hover aria-disabled:bg-accent",
  secondary: "border-line bg-surface text-ink shadow-card hover:bg-sunken",
};

const SIZES = {
  small: "h-8 px-3 text-sm",
  medium: "h-10 px-4 text-sm",
  large: "h-12 px-3 text-base sm:px-6",
};

/** Classes that make a button or a link look like a button. */
export function buttonClasses(
  variant: keyof typeof VARIANTS = "primary",
  size: keyof typeof SIZES = "medium",
): string {
  return `${BASE} ${VARIANTS[variant]} ${SIZES[size]}`;
}
