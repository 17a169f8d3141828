import { isInForeignPage, type IFramedWindow } from '../foreign';

function windowIn(
  parent: IFramedWindow | null,
  origin: string | null
): IFramedWindow {
  const view = {
    get location() {
      if (origin === null) {
        throw new DOMException('Blocked a frame', 'SecurityError');
      }
      return { origin };
    },
    get parent(): IFramedWindow {
      return parent ?? view;
    }
  };
  return view;
}

const OWN = 'https://example.org';

it.each([
  [[OWN], false],
  [[OWN, OWN, OWN], false],
  [[null, OWN], true],
  [[null, OWN, OWN], true],
  [[OWN, null, OWN], true],
  [['null', OWN], true]
])('within %j: %j', (origins, isForeign) => {
  const view = origins.reduce(windowIn, null as IFramedWindow | null)!;
  expect(isInForeignPage(view)).toBe(isForeign);
});
