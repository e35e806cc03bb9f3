/** The mark: two links that hold each other. */
export function Brand() {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M8.5 5H6a4 4 0 0 0-4 4v2a4 4 0 0 0 4 4h2.5" />
      <path d="M11.5 5H14a4 4 0 0 1 4 4v2a4 4 0 0 1-4 4h-2.5" />
      <path d="M7 10h6" />
    </svg>
  );
}
