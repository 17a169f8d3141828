import { rewriteForms, rewriteSubmit } from '../forms';
import {
  FakeElement,
  FakeTree,
  rewrite,
  rewriteFromRoot,
  REWRITTEN
} from './fakes';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('a form', () => {
  function submit(
    form: FakeElement,
    submitter: FakeElement | null,
    page?: (event: Event) => void
  ): void {
    const tree = new FakeTree();
    rewriteForms(tree.asTarget, rewrite);
    const event = new Event('submit', { bubbles: true });
    tree.happen(Object.assign(event, { submitter }), form, page);
  }

  it('is led, and so is what submits it', () => {
    const form = new FakeElement('form', { action: '/about' });
    const submitter = new FakeElement('button', { formaction: '/about?2' });
    submit(form, submitter);
    expect(form.getAttribute('action')).toBe(REWRITTEN);
    expect(submitter.getAttribute('formaction')).toBe(`${REWRITTEN}?2`);
  });

  it('that a script submits is led', () => {
    const form = new FakeElement('form', { action: '/about' });
    submit(form, null);
    expect(form.getAttribute('action')).toBe(REWRITTEN);
  });

  it('is led even if the page stops the event', () => {
    const form = new FakeElement('form', { action: '/about' });
    submit(form, null, event => event.stopPropagation());
    expect(form.getAttribute('action')).toBe(REWRITTEN);
  });

  it('is led to where the page has it go at last', () => {
    const form = new FakeElement('form', { action: '/' });
    submit(form, null, () => form.setAttribute('action', '/about'));
    expect(form.getAttribute('action')).toBe(REWRITTEN);
  });
});

describe('a form of which no event tells', () => {
  it.each([
    ['/about', REWRITTEN],
    ['', ''],
    [null, null]
  ])('with the action %j goes to %j', (action, rewritten) => {
    const prototype = { submit: FakeElement.prototype.submit };
    rewriteSubmit(prototype, rewriteFromRoot);
    const form = new FakeElement('form', action === null ? {} : { action });
    prototype.submit.call(form);
    expect(form.clicked).toEqual([rewritten]);
  });
});
