import { pageScript } from '../_client';

describe('the text of the page script', () => {
  it('can be inline: nothing in it ends it or hides its end', () => {
    expect(pageScript).not.toMatch(/<\/script|<!--/i);
  });

  it('does not depend on encoding or line endings', () => {
    expect(pageScript).toMatch(/^[\t\n -~]+$/);
  });
});
