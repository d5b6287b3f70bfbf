/** Words before a name that make it one, whatever it is. Read in folded text up to the name. */
const titles =
  'mr|mrs|ms|miss|mx|messrs|dr|drs|prof|professor|sir|madam|madame|mme|mlle|mademoiselle|monsieur|herr|herrn|frau|fraulein|hr|fr|dhr|mevr|mevrouw|mw|' +
  'sr|sra|srta|senor|senora|senorita|don|dona|sig|signor|signora|sig\\.ra|dott|avv|ing|pan|pani|rev|reverend|father|sister|captain|capt|judge|ir|dipl|mag|lord|lady'
const introductions =
  "my name(?: is|'s)|name(?: is|'s)|i am called|call(?:s|ed)? me|known as|named|maiden name(?: is|'s|:)?|(?:first |last |given |middle |sur|full |family )name\\?? ?(?:is|:)?|" +
  'this is|it is|speak(?:ing)? (?:to|with)|spoke (?:to|with)|talk(?:ed|ing)? (?:to|with)|ask(?:ed|ing)? for|attn|attention|fao|f\\.a\\.o|c\\/o|care of|signed(?: by)?|' +
  'contact(?: person| name)?|recipient|beneficiary|cardholder|account holder|payee|payer|passenger|guest name|name|from|sender|customer|client|patient|employee|tenant|kontakt|ansprechpartner(?:in)?|' +
  'empfanger|auftraggeber|kundin|kunde|klant|cliente|inhaber|destinataire|titulaire|beneficiaire|beneficiario|destinatario|ontvanger|t\\.?a\\.?v\\.?|z\\.? ?hd\\.?(?: v\\.?)?|zu handen(?: von)?|a l.attention de|a la atencion de|att|' +
  "ich heisse|ich bin|mein name ist|je m'appelle|je suis|mon nom est|me llamo|mi nombre es|soy|mi chiamo|sono|mijn naam is|ik ben|ik heet|met|meu nome e|eu sou|jag heter|jeg hedder|mit navn er|nimeni on|nazywam sie|jmenuji se"
const greetings =
  'hi|hello|hey|dear|hiya|good (?:morning|afternoon|evening)|welcome|thanks|thank you|cheers|many thanks|congratulations|sorry|hallo|liebe|lieber|sehr geehrte|sehr geehrter|guten tag|moin|servus|' +
  'bonjour|bonsoir|salut|cher|chere|hola|buenos dias|buenas tardes|estimado|estimada|querido|querida|ciao|buongiorno|gentile|caro|cara|beste|hoi|geachte|goedemorgen|ola|prezado|prezada|caro|hej|hei|kara|kaere|moi|ahoj|dobry den|czesc|drogi|droga'
const closings =
  '(?:(?:kind|best|warm|warmest|with best|with kind|many)? ?regards|best wishes|all the best|best(?=[ ]{0,2}[,\n])|yours(?: sincerely| faithfully| truly)?|sincerely|respectfully|cheers|thanks(?: a lot| again| in advance)?|thank you|many thanks|rgds|' +
  'mit freundlichen gr(?:u|ü)(?:ss|ß)en|mit freundlichem gru(?:ss|ß)|freundliche gr(?:u|ü)(?:ss|ß)e|viele gr(?:u|ü)(?:ss|ß)e|liebe gr(?:u|ü)(?:ss|ß)e|beste gr(?:u|ü)(?:ss|ß)e|mfg|lg|vg|gruss|gru(?:ss|ß)|cordialement|bien (?:cordialement|a vous)|sinceres salutations|meilleures salutations|' +
  'saludos(?: cordiales)?|un saludo|atentamente|atte|cordiali saluti|distinti saluti|saluti|met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|groet(?:en|jes)?|mvg|atenciosamente|cumprimentos|med vanlig halsning|halsningar|mvh|venlig hilsen|hilsen|med vennlig hilsen|terveisin|pozdrawiam|s pozdravem|udvozlettel)'
const kin =
  "partner'?s? name|kid|son|daughter|wife|husband|brother|sister|mother|father|mum|mom|dad|boss|colleague|assistant|friend|neighbou?r|manager|director|accountant|bookkeeper|driver|courier|owner|tenant|landlord|" +
  'directed by|starring|written by|written for|signed for by|taken by|received by|ordered by|requested by|approved by|reported by|handled by|prepared by|paid by|made by|booked by|placed by|called by|not by|fan of|lived? with|' +
  'given|call|ring|phone|text|visit|ask|asked|tell|told|thank|thanked|met|meet|email|emailed|phoned|rang|invite|invited|remind|reminded|inform|informed|notify|paid|refund|refunded|said|says|replied|answered|wrote|shouted at|ex-\\w{1,12}|early|behalf of|name of|according to|regarding|hired|fired|promoted'

const until = (words: string): RegExp => new RegExp(`(?<![a-z0-9])(?:${words})$`)
const space = '[ ]{0,3}'

export const afterTitle = until(`(?:${titles})\\.?${space}`)
/** Titles that are also plain words of politeness or kinship. */
export const afterSalutation = until(
  `(?:sir|madam|father|sister|miss|don|mag|ing|fr|hr|mw|ir|lord|lady|judge|captain|capt|pan|pani|sr|sra|hr|prof|pr)\\.?${space}`,
)
export const afterOwnKin = until(`(?:my|his|her|our|their|your) (?:${kin})[ ]`)
/** "from X" tells a place as often as a sender. */
export const afterSource = until(`from[ :]{1,3}`)
export const afterIntroduction = until(`(?:${introductions})(?:[ ]?[:=\\-]|[ ]is)?[ ]{0,3}\\n?[ ]{0,3}"?`)
export const afterGreeting = until(`(?:${greetings})[,!]?[ ]{1,2}`)
export const afterClosing = new RegExp(
  `(?:^|[^a-z])${closings}[ ]{0,2}[,.!;:-]{0,3}[ ]{0,3}\\n{0,3}[ ]{0,6}(?:[-–~]{0,2}[ ])?$`,
)
export const afterKin = until(`(?:${kin})[,:]?[ ]{1,2}"?`)

/** An introduction that may as well lead to something else: only the case of the letters or a list makes a name of it. */
export const isLooseIntroduction =
  /(?:from|sender|customer|client|contact|met|this is|it is|name|sono|soy|i am|ich bin|je suis|ik ben|named|signed|recipient|cliente|klant|kunde|kundin|thanks|thank you|cheers|sorry|welcome|att)[:\s="-]{0,6}$/

/** Words after a name that only a person does. */
export const personVerbs =
  /^(?: had| has| have)? ?(?:,? ?(?:said|says|shouted|asked|asks|told|tells|wrote|writes|replied|called|calls|rang|phoned|emailed|lives|lived|spent|began|wants|wanted|needs|needed|works|worked|thinks|thought|had given|gave|paid|pays|ordered|complained|signed|confirmed|agreed|left|is very|was born|will be talking|is a \d|was a huge|speaking|here|mentioned|promised|requested|visited|can i please|could you|can you|please)\b)/

/** What makes a firm, a street or a product of the capitalised words before it. */
export const organisationWords =
  /^(?:ltd|limited|inc|llc|llp|plc|corp|corporation|co|company|gmbh|ag|kg|ohg|ug|se|bv|nv|sa|sas|sarl|srl|spa|oy|ab|as|aps|pty|group|holding|holdings|bank|insurance|university|college|school|hospital|hotel|restaurant|cafe|club|foundation|institute|association|services|solutions|systems|consulting|partners|motors|airlines|airport|software|technologies|industries|logistics|studios?|records|press|council|festival|museum|theatre|church|supplies|trading|wholesale|foods|bakery|brothers|bros|sons|verein|stiftung|verlag|handel|versand|stores?|shop|supermarket|pharmacy|clinic|agency|ventures|capital|enterprises|international|street|road|avenue|lane|square|park|bridge|station|county|island|river|valley|beach|lake|city)$/
