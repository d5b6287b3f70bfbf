const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Given names that dictionaries also list as words, but that hardly anyone writes as anything but a name. */
export const everydayNames = words(`
  john johnny jimmy billy tom tommy tony mike mick nick rick ricky harry louis charlotte anna maria peter paul jane joey joan jean
  benjamin ben benny bobby bob bill charlie charles lewis henry harvey josh joshua timothy tim terry perry martin victor vincent
  robin roger kelly kylie kyle lily lilly lucy emily colleen jenny julienne jasmine jill nancy nelly molly phoebe ruth stella
  tina veronica victoria abby sally sue susan bertha beth betty vicky donna fanny magdalen rosemary marguerite sheila shelly
  samba albert alex alexia gilbert lambert derrick eddy jack jay jerry kevin ken kelvin larry leo lou luke matt max nelson noel
  otto pascal pete ralph randy ray ron sam sid spencer steve ted todd tyler trevor wayne willy zack brad brent brock clarence
  david daniel christian christopher frank fred fritz george gunther hank hector howard hugo ian ivan james jason jeremy joe
  joseph leon lionel mark michael morris murphy neil oliver oscar oswald pat patrick percy philip pierre robert roland ronald
  jo ed ross ruben rupert russell samuel sean simon stan stanley stephen thomas walter warren wilfred william
`)

/** In lists of names somewhere, but far too ordinary as words to be read as names. */
export const neverNames = words(`
  the and are was for you your our can will not but has had his her she him they them this that with from all one two out get got
  new old big day now see say said man men way who how its it's did does done let put too use any more most some such than then when
  what where which while here there else even just line lone main mine must much name names page paid part pay per place please
  post price prior ready real rest same send sent set ship shop side sir size so sold sorry stop sure take tell tell thank thanks
  till time today too true try under until up upon very via wait want wants well were work would year yes yet box item items order
  best free full good great hand help home hope idea july june keep kind last late least left less life like list long look lost love
  made make many may mean miss month need next nice night note number off once only open over own
`)

/** Months and days of several languages: never names by themselves. */
export const calendarWords = words(`
  january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov
  dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun januar februar marz mai juni juli oktober
  dezember montag dienstag mittwoch donnerstag freitag samstag sonntag janvier fevrier mars avril juin juillet aout septembre octobre
  novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto septiembre
  octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo gennaio febbraio aprile maggio giugno luglio
  settembre ottobre novembre dicembre januari februari maart mei augustus maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
  christmas easter weihnachten ostern noel
`)

/** Words of trade in German, French, Dutch, Spanish and Italian, and greetings of theirs: not names though capitalised. */
export const businessWords = words(`
  a i y e o
  rechnung rechnungen lieferung lieferungen bestellung bestellungen auftrag auftrage kunde kunden kundin lieferant lieferanten zahlung
  zahlungen uberweisung gutschrift lastschrift mahnung betrag summe konto adresse anschrift telefon handy mobil nummer artikel ware
  waren paket versand ruckgabe retoure garantie vertrag angebot preis rabatt steuer mehrwertsteuer stuck menge termin frist grusse
  grusse grussen gruss freundliche freundlichen freundlicher hallo liebe lieber sehr geehrte geehrter guten tag morgen abend herr frau
  firma abteilung buro lager bitte danke vielen dank ansprechpartner name vorname nachname strasse stadt ort land datum uhr woche monat
  jahr heute gestern rucksprache unterlagen bank sparkasse filiale verwendungszweck kundennummer rechnungsnummer gmbh verfugung
  anruf ruckruf nachricht mitteilung hinweis anlage anhang kontoauszug miete gehalt lohn gebuhr gebuhren entgelt beitrag spende
  facture factures commande commandes livraison client cliente clients fournisseur paiement virement montant compte adresse numero
  telephone article colis envoi retour garantie contrat offre prix remise taxe quantite date bonjour bonsoir cher chere madame monsieur
  mademoiselle messieurs mesdames merci cordialement salutations bien votre notre societe service entreprise magasin rendez vous avoir
  factuur facturen bestelling bestellingen levering klant klanten leverancier betaling bedrag rekening telefoon nummer pakket zending
  retour garantie contract aanbieding prijs korting btw aantal datum beste geachte hartelijke groet groeten vriendelijke dank mevrouw
  heer bedrijf afdeling winkel magazijn
  factura facturas pedido pedidos entrega cliente proveedor pago transferencia importe cuenta direccion telefono articulo paquete envio
  devolucion garantia contrato oferta precio descuento impuesto cantidad fecha hola estimado estimada querido querida senor senora
  gracias saludos atentamente empresa tienda almacen buenos buenas dias tardes noches
  fattura fatture ordine ordini consegna fornitore pagamento bonifico importo conto indirizzo telefono articolo pacco spedizione reso
  garanzia contratto offerta prezzo sconto imposta quantita data ciao gentile egregio spettabile signor signora grazie cordiali saluti
  distinti azienda negozio magazzino buongiorno buonasera
  mobile desk office fax phone email contact customer supplier order invoice delivery account payment website online vat ltd limited inc
  llc plc corp gmbh sepa bacs chaps ach iban bic swift atm pos ref kg pcs sku zip nan usd eur gbp card visa mastercard
  url api crm erp csv pdf app wifi laptop iphone android https http www com login password username admin checkout shopify
  asap fyi eta tbc tbd mr mrs ms miss dr prof sir id st rd apt blocked ssn pin otp faq hr ceo cfo cto vip diy led usb hdmi
`)

/** Firms and products named after people, or often capitalised beside names. */
export const brands = words(`
  amazon stripe paypal shopify google meta facebook instagram whatsapp microsoft apple netflix spotify uber lyft airbnb ebay etsy
  walmart tesco aldi lidl asda morrisons sainsbury sainsburys waitrose ikea adidas nike puma ford dell hilton marriott wendy wendys
  macy macys siemens bosch philips miele dyson levi levis hermes gucci prada chanel dior armani versace porsche mercedes benz ferrari
  honda toyota suzuki renault citroen peugeot tesla boeing airbus barclays lloyds santander hsbc natwest monzo revolut klarna wise
  morgan goldman sachs johnson colgate kellogg kelloggs heinz nestle danone carrefour leclerc auchan rossmann mcdonald mcdonalds
  starbucks costa greggs nando nandos fedex dhl ups usps dpd gls yodel evri royal canon epson lenovo asus acer samsung sony xerox
  salesforce oracle cisco adobe intuit quickbooks xero sage mailchimp hubspot slack zoom dropbox github notion jira asana trello
  linkedin twitter youtube tiktok pinterest snapchat bing yahoo woocommerce magento wix squarespace etsy allegro zalando otto
  telekom vodafone orange verizon samsung pixel galaxy kindle alexa siri cortana bluetooth jack daniels johnnie budweiser guinness
`)
