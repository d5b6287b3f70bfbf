import MarkdownIt from 'markdown-it'

const mostNesting = 20
const markdown = new MarkdownIt('commonmark', { html: false, maxNesting: mostNesting })
markdown.disable(['html_block', 'html_inline', 'image'])
markdown.validateLink = (url) => /^(https:\/\/|mailto:)/i.test(url.trim())
markdown.renderer.rules['link_open'] = (tokens, at, options, _env, self) => {
  tokens[at]?.attrSet('rel', 'nofollow noopener noreferrer ugc')
  return self.renderToken(tokens, at, options)
}
markdown.core.ruler.push('headings', ({ tokens }) => {
  const open = tokens.filter(({ type }) => type === 'heading_open')
  const used = [...new Set(open.map(({ tag }) => tag))].toSorted()
  let before = 2
  for (const token of tokens) {
    if (token.type === 'heading_open') {
      // Below the page's own headings, and never a level left out: as a table of contents would want it.
      before = Math.min(3 + used.indexOf(token.tag), before + 1, 6)
      token.tag = `h${before}`
    } else if (token.type === 'heading_close') token.tag = `h${before}`
  }
})

/**
 * Markdown as HTML that may stand on our pages: CommonMark without raw HTML and without images; links
 * go to https or mail addresses only, and vouch for nobody.
 */
export function toHtml(text: string): string {
  return markdown.render(text)
}
