const letter = '[a-zß-ɏͰ-ӿ]'

/** One word of a street name, read in folded text. */
export const word = `${letter}(?:${letter}|['.-](?=${letter})){0,28}\\.?`

/** A house number: 12, 12b, 12-14, 12/3a. */
export const houseNumber = `\\d{1,5}(?:[ ]?[a-h](?![a-z]))?(?:[-/]\\d{1,5}[a-z]?)?(?![\\d%]|[.,]\\d)`

export const streetTypes =
  'street|avenue|boulevard|crescent|road|lane|highway|parkway|terrace|gardens|close|drive|court|place|square|grove|mews|row|hill|rise|' +
  'parade|circle|trail|loop|path|alley|quay|wharf|esplanade|turnpike|plaza|walk|way|park|green|view|vale|gate|bridge|ridge|run|pike|' +
  'heights|meadows?|fields?|cottages|st|rd|ave?|dr|ln|ct|cres|cr|cl|pl|sq|tce|ter|gr|gdns|pde|pkwy|str|cir|blvd|bvd|hwy|trl'

/** Street words that mean little else, so that letter case does not matter beside a number. */
export const plainStreetTypes =
  /^(?:street|avenue|boulevard|crescent|road|lane|highway|parkway|terrace|mews|blvd|hwy|ave|rd)$/

export const streetSuffixes =
  'strasse|straße|str\\.?|weg|platz|plein|gasse|allee|ring|damm|ufer|steig|stieg|graben|chaussee|laan|straat|kade|gracht|singel|dijk|' +
  'steeg|hof|dreef|baan|vej|gade|vaenget|alle|gata|gatan|vagen|veien|vegen|gate|plads|plass|plassen|torg|torget|kroken|bakken|stien|' +
  'krogen|stigen|stræti|stræde|vænget|vei|veg|katu|tie|kuja|polku|raitti|gotu|braut|utca|straede|toften|parken|hojen|lunden|markt|pad|wal|hoek|veld|park|marken|' +
  'skov|bjerg|vang|have|mosen|skrenten|svinget|leden|grand|backe|backen|strand|ugla|sel|holt|vegur|vogi|sund|tun|berg|kamp|kamper|' +
  'rain|acker|leite|siedlung|tor|muhle|garten|zeile|promenade'

export const streetNouns =
  'strasse|straße|str\\.|weg|platz|allee|ring|damm|ufer|gasse|markt|graben|chaussee|straat|plein|laan|kade|vej|gade|alle|gata|gatan|vagen|' +
  'vei|veg|vegen|plads|torv|kapu|setany|fasor|utca|u\\.|ut|utja|ter|rkp\\.?|korut|krt\\.?|sor|koz|cesta|ulica|ulice|nabrezi|namesti|nam\\.|trg|tanav|tn|mnt|puiestee|pst|tee|gurtel|' +
  'steenweg|dreef|square|katu|tie'

export const frenchStreets =
  'rue|avenue|av\\.|ave|boulevard|boul\\.?|bd\\.?|blvd|chemin|chem\\.|ch\\.|allees?|impasse|imp\\.|quai|route|rte\\.?|cours|square|passage|' +
  'faubourg|fbg|sentier|ruelle|esplanade|place|rond-point|montee|promenade|venelle|voie'

export const southernStreets =
  'calle|cl\\.?|c/|c\\.|avenida|avda\\.?|avd\\.?|av\\.?|plaza|plza\\.?|pza\\.?|paseo|carrer|carretera|ctra\\.?|camino|ronda|travesia|glorieta|' +
  'urbanizacion|urb\\.|poligono|rambla|pasaje|diagonal|barrio|via|viale|v\\.le|corso|c\\.so|piazza|p\\.za|piazzale|largo|vicolo|strada|' +
  'contrada|localita|salita|rua|r\\.|travessa|praca|pca\\.?|alameda|estrada|rodovia|quadra|beco|r(?=[ ])|bulevar|caminho|calcada|azinhaga'

export const slavicStreets =
  'ul\\.?|ulica|ulice|al\\.|aleja|os\\.|osiedle|pl\\.|plac|nam\\.|namesti|nabr\\.|tr\\.|trida|cesta|trg|bul\\.|prospekt|pr\\.'

export const boxes =
  'p\\.?\\s?o\\.?\\s?box|post office box|postfach|postbus|boite postale|b\\.?\\s?p\\.?(?=\\s\\d{2,5}\\b)|apartado(?: de correos| postal)?|apdo\\.?|' +
  'casilla(?: postal| de correo)?|caixa postal|casella postale|c\\.?p\\.?(?=\\s\\d{3,5}\\b)|gpo box|locked bag|private bag|postboks|postbox|' +
  'skrzynka pocztowa|postafiok|pl(?=\\s\\d{2,4}\\b)'

export const units =
  'flat|apartments?|apt|appt|appartement|suite|ste|unit|room|rm|floor|fl|level|lvl|etage|stock|og|eg|wohnung|whg|top|bus|bte|' +
  'bis|ter|piso|puerta|pta|esc|escalera|planta|local|interno|int|scala|sc|andar|apto|bloco|bl|lote|sala|dt|dto|esq|th|tv|mf|kv|lok|m|em|hsno|haus|building|bldg|block|tower|house|lot|po|box|c/o|nan|km|no|nr|n'

export const states =
  /^(?:AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR|NSW|VIC|QLD|TAS|ACT|NT|ON|QC|BC|AB|MB|SK|NS|NB|NL|PE|YT|NU)$/

/** What leads up to an address whose own words say little. */
export const lead =
  '(?:address(?:es)?(?! (?:book|bar))|\\w{0,16}adress?e?(?: de (?:livraison|facturation|retour))?|anschrift|direccion|indirizzo|morada|endereco|liv(?:e|es|ed|ing) (?:at|on|in)|resid(?:e|es|ing) (?:at|in)|' +
  'located (?:at|on)|deliver(?:y|ed)?(?: (?:it|this|them|everything))? to|ship(?:ped|ping|ment)?(?: (?:it|this|them|everything))? to|' +
  'send(?: (?:it|this|them|everything))?(?: back)? to|sent to|return(?:ed)?(?: (?:it|this|them))?(?: back)? to|(?:restaurant|office|shop|store|warehouse|house|station|site|branch) is (?:at|on)|' +
  'mov(?:ed|ing) to|wohn(?:e|t|haft)?(?: in)?|habit(?:e|ons)(?: au)?|woon(?:t)?(?: op| aan)?|vivo en|vive en|abit[oa] in|collect(?:ed|ion)? from|' +
  'pick(?:ed)? ?up (?:at|from)|drop(?:ped)?(?: it)? off at|leave it at|meet (?:me |us )?at|corner of|visit(?:ed)? (?:me |us )?at|(?:liefern|schicken|senden|versenden)(?: sie)?(?: es| sie| das paket)? an|lieferung an|livrer au|leveren (?:op|aan)|senden an|deliver at|(?:now|left|is|stay(?:s|ing)?) at|it is|should be|spedi(?:re|to) (?:a|in)|consegnare (?:a|in)|bezorg(?:en|d) (?:op|aan|in)|enviar a|entregar (?:en|a)|expedier (?:au|a)|branch,)'
