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
    tree.dispatch(Object.assign(event, { submitter }), form, page);
  }

  it('is rewritten, and so is its submitter', () => {
    const form = new FakeElement('form', { action: '/about' });
    const submitter = new FakeElement('button', { formaction: '/about?2' });
    submit(form, submitter);
    expect(form.getAttribute('action')).toBe(REWRITTEN);
    expect(submitter.getAttribute('formaction')).toBe(`${REWRITTEN}?2`);
  });

  it('without a submitter is rewritten', () => {
    const form = new FakeElement('form', { action: '/about' });
    submit(form, null);
    expect(form.getAttribute('action')).toBe(REWRITTEN);
  });

  it('is rewritten even if the page stops the event', () => {
    const form = new FakeElement('form', { action: '/about' });
    submit(form, null, event => event.stopPropagation());
    expect(form.getAttribute('action')).toBe(REWRITTEN);
  });

  it('is rewritten again if the page changes the URL', () => {
    const form = new FakeElement('form', { action: '/' });
    submit(form, null, () => form.setAttribute('action', '/about'));
    expect(form.getAttribute('action')).toBe(REWRITTEN);
  });
});

describe('a form that a script submits without an event', () => {
  it.each([
    ['/about', REWRITTEN],
    ['', ''],
    [null, null]
  ])('with the action %j is sent to %j', (action, rewritten) => {
    const prototype = { submit: FakeElement.prototype.submit };
    rewriteSubmit(prototype, rewriteFromRoot);
    const form = new FakeElement('form', action === null ? {} : { action });
    prototype.submit.call(form);
    expect(form.clicked).toEqual([rewritten]);
  });
});
