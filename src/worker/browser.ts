/** What the worker knows about its browser; `navigator` is one. */
export interface IBrowser {
  readonly userAgent: string;
  /** The user's languages, most preferred first. */
  readonly languages: readonly string[];
  /** Whether the user objects to tracking (W3C Global Privacy Control). */
  readonly globalPrivacyControl?: boolean;
  /** Exists only in Chromium. */
  readonly userAgentData?: unknown;
}
