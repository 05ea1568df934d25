import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      {children}
    </svg>
  );
}

export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="5.25" />
    <path d="m13 13 4 4" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M12 4.5 6.5 10l5.5 5.5" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4.5v11M4.5 10h11" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="m8 5 5 5-5 5" />
  </Icon>
);

export const PlayIcon = () => (
  <Icon>
    <path className="icon-solid" d="M7 4.8v10.4L15.2 10z" />
  </Icon>
);

export const PauseIcon = () => (
  <Icon>
    <path d="M7 5v10M13 5v10" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path d="M10 3.2 17.6 16H2.4zM10 8v3.6M10 13.6v.4" />
  </Icon>
);

export const PinIcon = () => (
  <Icon>
    <circle cx="7.4" cy="10" r="4.9" />
    <circle cx="12.6" cy="10" r="4.9" />
  </Icon>
);

export const LockIcon = () => (
  <Icon>
    <rect x="4.5" y="9" width="11" height="7.5" rx="1.6" />
    <path d="M7 9V6.5a3 3 0 0 1 6 0V9" />
  </Icon>
);

export const PhoneIcon = () => (
  <Icon>
    <rect x="5.75" y="2.75" width="8.5" height="14.5" rx="1.8" />
    <path d="M9 14.6h2" />
  </Icon>
);

export const BinIcon = () => (
  <Icon>
    <path d="M4 5.8h12M8 5.5V3.8h4v1.7M5.6 5.8l.7 10.4h7.4l.7-10.4M8.4 9v4.4M11.6 9v4.4" />
  </Icon>
);
