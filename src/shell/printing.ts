/** Prints the app's page, not the page around it, of which browsers print one sheet. */

/**
 * @param listening - where the keys are pressed
 * @param printed - the app's window, or what gives it
 */
export function enablePrinting(
  listening: Window,
  printed: Window | (() => Window | null)
): void {
  listening.addEventListener('keydown', event => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (key === 'p' && ctrlKey !== metaKey && !altKey && !shiftKey) {
      const target = typeof printed === 'function' ? printed() : printed;
      if (target !== null && !event.defaultPrevented) {
        event.preventDefault();
        target.print();
      }
    }
  });
}
