/** What a worker knows of its browser; `navigator` is one. */
export interface IBrowser {
  readonly userAgent: string;
  /** The user's languages, the best first. */
  readonly languages: readonly string[];
  /** Whether the user does not want to be tracked (W3C Global Privacy Control). */
  readonly globalPrivacyControl?: boolean;
  /** What tells Chromium: no other browser has it. */
  readonly userAgentData?: unknown;
}
