import { client } from '../_client';

describe('the text of the client script', () => {
  it('can stand in a page: nothing in it ends it, or hides its end', () => {
    expect(client).not.toMatch(/<\/script|<!--/i);
  });

  it('is the same in every encoding, and however lines end', () => {
    expect(client).toMatch(/^[\t\n -~]+$/);
  });
});
