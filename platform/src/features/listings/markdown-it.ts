import MarkdownIt from 'markdown-it'

const mostNesting = 20
/** A page has a heading above these already. */
const lower: Record<string, string> = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6' }

const markdown = new MarkdownIt('commonmark', { html: false, maxNesting: mostNesting })
markdown.disable(['html_block', 'html_inline', 'image'])
markdown.validateLink = (url) => /^(https:\/\/|mailto:)/i.test(url.trim())
markdown.renderer.rules['link_open'] = (tokens, at, options, _env, self) => {
  tokens[at]?.attrSet('rel', 'nofollow noopener noreferrer ugc')
  return self.renderToken(tokens, at, options)
}
for (const rule of ['heading_open', 'heading_close'])
  markdown.renderer.rules[rule] = (tokens, at, options, _env, self) => {
    const token = tokens[at]
    if (token) token.tag = lower[token.tag] ?? token.tag
    return self.renderToken(tokens, at, options)
  }

/**
 * Markdown as HTML that may stand on our pages: CommonMark without raw HTML and without images; links
 * go to https or mail addresses only, and vouch for nobody.
 */
export function toHtml(text: string): string {
  return markdown.render(text)
}
