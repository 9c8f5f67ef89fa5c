import { describe, expect, test } from 'vitest';
import { escapeText, link, plain } from '../../../src/render/markdown.ts';

/** What a reader sees once Markdown's escapes, entities and the joiner are taken away. */
const seen = (markdown: string): string =>
  markdown
    .replaceAll('\u2060', '')
    .replaceAll(/\\([\\`*_[\]|~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

describe("a client's words in Markdown", () => {
  test.each([
    ['a link', '[click](http://evil.example)'],
    ['a reference link', '[click][1]'],
    ['an image', '![x](http://evil.example/x.png)'],
    ['an autolink', '<http://evil.example>'],
    ['a bare address', 'see http://evil.example/a'],
    ['another scheme', 'see ftp://evil.example'],
    ['an address by its www', 'see www.evil.example and WWW.evil.example'],
    ['an email address', 'write to a@evil.example'],
    ['an element', '<img src=x onerror=alert(1)>'],
    ['a comment', '<!-- hidden -->'],
    ['an entity', '&lt;b&gt; &#60;'],
    ['emphasis', '**bold** _it_ ~~gone~~'],
    ['code', '`code`'],
    ['a table', 'a | b'],
    ['escapes', '\\[x\\](y) \\*'],
  ])('%s survives as nothing but its letters', (_, text) => {
    const escaped = escapeText(text);
    expect(escaped).not.toMatch(/(?<!\\)[[\]`*_|~]/);
    expect(escaped).not.toMatch(/[<>]|:\/\/|www\.|\w@|&(?!amp;|lt;|gt;)/i);
    expect(seen(escaped)).toBe(text);
  });

  test.each([
    ['a heading', 'a\n# Heading', 'a # Heading'],
    ['an underlined heading', 'a\r\n===', 'a ==='],
    ['a list', 'a\n- b\n- c', 'a - b - c'],
    ['a paragraph', 'a\n\nb', 'a b'],
    ['a line separator', 'a\u2028b\u2029c', 'a b c'],
    ['a control character', 'a\u0000b\u001bc\u007f', 'a b c'],
    ['a change of direction', 'a\u202eb\u2066c\u200f', 'a b c'],
    ['a tab', '\ta\t', 'a'],
  ])('%s becomes one line', (_, text, expected) => {
    expect(escapeText(text)).toBe(expected);
  });

  test('long words are cut', () => {
    expect(escapeText('x'.repeat(120))).toBe('x'.repeat(120));
    expect(escapeText('x'.repeat(121))).toBe(`${'x'.repeat(119)}…`);
    expect(escapeText(`${'x'.repeat(118)}  and more`)).toBe(`${'x'.repeat(118)}…`);
  });

  test('ordinary words are left as they are', () => {
    expect(escapeText('Injection, hip (right); 40 mg #2')).toBe('Injection, hip (right); 40 mg #2');
    expect(escapeText('Infiltración trocantérica')).toBe('Infiltración trocantérica');
  });
});

test.each([
  ['a\n b\t c', 'a b c'],
  ['  a  ', 'a'],
  ['<b>*a*</b>', '<b>*a*</b>'],
  ['', ''],
])('as plain text, %j is %j', (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test.each([
  ['LEAP', 'https://x.example', '[LEAP](https://x.example)'],
  ['LEAP [2018]', 'https://x.example', '[LEAP 2018](https://x.example)'],
  ['LEAP', 'https://x.example/a(b)c', '[LEAP](https://x.example/a%28b%29c)'],
])('a source %s at %s is %s', (label, url, expected) => {
  expect(link(label, url)).toBe(expected);
});
