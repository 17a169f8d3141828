/** Install one part of the page script; if it fails, the app's page must still work. */
export function guard(what: string, install: () => void): void {
  try {
    install();
  } catch (error) {
    console.error(
      `jupyterlite-asgi could not set up ${what} in this page ` +
        `(${String(error)}): reload it; if the error persists, report a bug.`
    );
  }
}
