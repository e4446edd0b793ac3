/** The portal's mark and name. */
export function Brand() {
  return (
    <span className="inline-flex items-center gap-2.5 font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" aria-hidden="true" className="size-7 shrink-0">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <g className="stroke-accent-ink" fill="none" strokeLinecap="round" strokeWidth="2.75">
          <path d="M8.5 12.5a10.6 10.6 0 0 1 15 0" opacity=".55" />
          <path d="M11.5 17a6.4 6.4 0 0 1 9 0" />
        </g>
        <circle cx="16" cy="22.5" r="2.4" className="fill-accent-ink" />
      </svg>
      SupportSignal
    </span>
  );
}
