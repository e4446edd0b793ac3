/** A share of the whole as a bar, for the eye only: its figure stands beside it. */
export function ShareBar({ share }: { share: number }) {
  return (
    // An attribute, as the server may render no style.
    <svg
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      aria-hidden="true"
      className="share-bar mr-2 inline-block h-2 w-16 rounded-full bg-sunken"
    >
      <rect width={Math.max(share * 100, share > 0 ? 2 : 0)} height="8" className="fill-accent" />
    </svg>
  );
}
