/** Makes the elements that the shell shows. */

/** An element with properties and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Readonly<Partial<HTMLElementTagNameMap[Name]>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A button, and when it is clicked. */
export function button(label: string): {
  readonly node: HTMLButtonElement;
  readonly clicked: Promise<void>;
} {
  const node = element('button', { type: 'button', textContent: label });
  const clicked = new Promise<void>(resolve => {
    node.addEventListener('click', () => resolve(), { once: true });
  });
  return { node, clicked };
}
