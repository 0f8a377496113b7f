// The few icons, drawn on a 24 unit grid in the current colour. Decoration only: the label is on the button.
const PATHS = {
  compose: "M12 20h8M16.2 4.3a2.1 2.1 0 0 1 3 3L8 18.5 4 19.5l1-4z",
  group: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.8 19.5c.4-3.2 3-5 6.2-5s5.8 1.8 6.2 5M16 4.9a3.3 3.3 0 0 1 0 6.3M18 14.9c1.9.7 3 2.3 3.2 4.6",
  compass: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM15.5 8.5l-2 5-5 2 2-5z",
  send: "M5 12h14M13 6l6 6-6 6",
  back: "M15 5l-7 7 7 7",
  down: "M12 5v14M6 13l6 6 6-6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  leave: "M14 8V5.5A1.5 1.5 0 0 0 12.5 4h-6A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20h6a1.5 1.5 0 0 0 1.5-1.5V16M10 12h10M17 9l3 3-3 3",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  alert: "M12 8v5M12 16.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2.6 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark of Confab: two people's speech bubbles. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path d="M8 9.5h10.5a3 3 0 0 1 3 3v3a3 3 0 0 1-3 3H13l-4 3.4v-3.5a3 3 0 0 1-1-.1z" fill="var(--on-accent)" />
      <path
        d="M23.5 13.6a2.6 2.6 0 0 1 1.5 2.4v3.2a2.6 2.6 0 0 1-1.7 2.4V25l-3.6-3h-4.2"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.8"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
