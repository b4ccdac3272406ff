"""General knowledge that tells a company from a person, a place or a plain word. Hand-made, mostly English.

Nothing here was taken from the text of any article. Countries, continents and currencies are those of the
Unicode CLDR, by way of babel: in every language that it knows.
"""

from __future__ import annotations

import functools

import justext
from babel import Locale, UnknownLocaleError
from babel.core import get_global


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Legal forms (ISO 20275 names some 3,000 of them; these are the ones that newspapers write). They end a
# company's name and are no part of its key.
LEGAL = _words(
    "inc incorporated corp corporation co company ltd limited plc llc llp lp pty pvt bhd sdn berhad ag gmbh kg kgaa "
    "se ug ev sa sas sarl sca spa srl sl sau nv bv cv ab asa as aps oy oyj kk kft zrt doo dd jsc pjsc ojsc oao ooo "
    "zao pao пао оао ооо зао ао тоо αε ае εε"
)
# Legal forms that are names of other things too: they are stripped, and show nothing.
WEAK_LEGAL = _words("co company se as sa sl ab ag dd ev limited cv lp ug kg")

# Legal forms that stand before the name.
LEGAL_FIRST = _words("ооо оао зао ао пао тоо чп ип pt")

# The last word of an organisation's name. What follows `of` or `for` belongs to it then.
INSTITUTIONS = _words(
    "academy administration agency alliance archive army assembly association authority bank board bureau cabinet "
    "center centre chamber church club coalition college commission committee confederation congress consortium "
    "cooperative corps council court department directorate embassy exchange faculty federation force foundation "
    "front fund guard guild hospital house inspectorate institute institution laboratory league library ministry "
    "mission museum network observatory office organisation organization parliament party police press registry "
    "school secretariat senate service services society tribunal trust union university"
)
# The same, of firms; they take no `of`.
FIRMS = _words(
    "advisers advisors advisory aerospace aeronautics air airline airlines airways analytics apparel associates "
    "automotive aviation bancorp banking beverages biosciences biotech books brands brewery breweries brothers "
    "broadcasting cable capital chemical chemicals circuits cloud commerce communications components computer "
    "computers consultancy consulting economics copper credit devices diagnostics digital dynamics electric "
    "electronics energy engineering enterprises entertainment equity express financial foods freight futures games "
    "global gold group healthcare holding holdings hotels industries insurance international interactive "
    "investments iron insights labs laboratories law logistics machinery management manufacturing materials media "
    "medical metals mills minerals mines mining mobile mobility motor motors networks news oil paper partners "
    "petroleum pharma pharmaceutical pharmaceuticals pictures power products properties publishing radio railway "
    "railways realty records reinsurance research resources restaurants retail robotics securities security "
    "semiconductor semiconductors shipping software solar solutions steel steelworks stores studios suisse "
    "supermarkets systems tech technologies technology telecom telecommunications telekom telegraph therapeutics "
    "tires tobacco toys trading transport travel utilities vehicles ventures wireless works"
)
# The last word of a newspaper's or a broadcaster's name.
PAPERS = _words(
    "chronicle courier daily gazette globe guardian herald independent journal magazine mirror news newspaper "
    "observer post press radio review standard star sun television telegraph times tribune tv wire"
)
PLACES_END = _words(
    "airport avenue basin bay beach boulevard bridge canal cape city coast county creek desert district drive falls "
    "forest gulf harbor harbour heights highway hill hills island islands lake lane mountain mountains ocean park "
    "peninsula plain port province region river road sea sound square state straits strait street town township "
    "valley village way"
)
PLACES_START = _words(
    "cape east eastern fort lake mount north northern port saint san santa south southern st upper west western "
    "central greater los las mt northeast northwest southeast southwest"
)
# The last word of what has a name and is none of the three.
THINGS_END = _words(
    "act agreement amendment award awards bill bible bond bonds championship championships code conference "
    "constitution convention crisis cup day deal directive edition election elections euro expo exhibition fair "
    "festival games grand-prix index initiative instrument internet law model olympics open pact plan policy prize "
    "programme program project protocol rate reform report rule season series show standard statement stage "
    "strategy summit survey tax tournament treaty tuesday war week year average composite crude regulation "
    "regulations"
)
# Work that stands before a person's name, or after a firm's.
ROLES = _words(
    "president vice-president chairman chairwoman chair chairperson governor minister premier chancellor treasurer "
    "secretary senator congressman congresswoman representative mayor ambassador commissioner judge justice general "
    "colonel captain major sergeant lieutenant admiral commander director manager executive ceo cfo coo cto cio "
    "founder co-founder cofounder spokesman spokeswoman spokesperson analyst analysts economist economists "
    "strategist strategists trader traders professor prof coach king queen prince princess pope bishop archbishop "
    "cardinal sheikh sultan emperor reporter editor correspondent author actor actress singer lawyer attorney "
    "counsel officer chief boss head deputy mp mps mep sen rep gov lt gen col sgt capt dr mr mrs ms miss mx sir "
    "lord lady dame rev fr sr sra herr frau hon dr. foreign prime vice acting former ex interim shadow leader "
    "speaker partner inspector superintendent constable investigator researcher scientist engineer councillor "
    "alderman sheriff"
)
HONORIFICS = _words(
    "mr mrs ms miss mx dr prof sir lord lady dame rev sen rep gov hon herr frau mme mlle señor señora г-н г-жа κ κα "
    "senator congressman congresswoman mp"
)

CALENDAR = _words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january "
    "february march april may june july august september october november december jan feb mar apr jun jul aug sep "
    "sept oct nov dec christmas easter ramadan thanksgiving spring summer autumn winter q1 q2 q3 q4 h1 h2 fy am pm "
    "gmt utc bst est edt pst pdt cet cest ist aest et ct pt jst hkt"
)
# Words that stand in no name, or end one: with a capital they open a sentence or stand in a headline.
FUNCTION = _words(
    "i a an the and or in on at to from by with as is it its it's this that these those he she we you they if but "
    "not no yes what who how why when where which while there here so then than also after before since more most "
    "both each many much some any our my your his her their was were are be been has have had will would can could "
    "should may about into over under between against during through despite although though because until unless "
    "however meanwhile another other such only even just still yet again once nor do does did let for of photo "
    "image picture file source sources note notes updated breaking read click copyright reserved advertisement "
    "sponsored related see watch video gallery follow sign subscribe comments comment tags tip tips faq ps re vs eg "
    "ie etc image: photo: per instead including according among amid like unlike within without nearly almost "
    "shares"
)
# Capitals that are no name when they stand alone; acronyms that are words.
_ALONE = _words(
    "all new old view share update editor rights audio pps nb via com www http https html pdf rss url phd mba ba ma "
    "vip vat gdp gnp cpi ceo cfo coo cto cio mp mps ppi pmi ipo etf etfs reit reits roi ebit ebitda eps p&l pe yoy "
    "m&a r&d esp hr it ai ml ar vr iot ict tv pc pcs cd cds dvd gps usb lcd led oled hd ev evs suv suvs dna rna hiv "
    "aids covid covid-19 ngo ngos sme smes pr q&a esg ipos api apis saas ok diy lng lpg co2 b2b b2c psu "
    "psus xml sms id ids cctv cv mw gw kw kwh mwh bn mn tn pct bps km kg mph mt sq ft m k b c d e f g h j l n o p q "
    "r s t u v w x y z ii iii iv vi vii viii ix xi xii xiv xv xx xxi agm egm ltv apr cagr otc ytd msrp 2d 3d 4d 2g "
    "3g 4g 5g 4k internet web english bible god government state federal national international royal opposition "
    "cabinet capital parliament court bank board committee council department ministry commission party west east "
    "north south western eastern northern southern"
)
PEOPLES = _words(
    "american african asian european arab arabic australian austrian belgian brazilian british bulgarian canadian "
    "chilean chinese colombian croatian cuban czech danish dutch egyptian english ethiopian filipino finnish french "
    "german ghanaian greek hungarian icelandic indian indonesian iranian iraqi irish israeli italian jamaican "
    "japanese jewish jordanian kenyan korean kurdish latin lebanese libyan lithuanian malaysian mexican moroccan "
    "muslim christian islamic catholic hindu buddhist sikh protestant orthodox nepalese nigerian norwegian "
    "pakistani palestinian peruvian polish portuguese romanian russian saudi scottish serbian singaporean slovak "
    "slovenian somali spanish sudanese swedish swiss syrian taiwanese tanzanian thai tibetan tunisian turkish "
    "ugandan ukrainian venezuelan vietnamese welsh zambian zimbabwean anglo afro indo franco republican republicans "
    "democrat democrats democratic conservative conservatives tory tories communist socialist nazi soviet marxist "
    "londoner parisian californian texan victorian hispanic latino caucasian eurozone briton britons americans "
    "chinese-made canadians australians europeans russians germans italians greeks turks arabs jews muslims "
    "christians israelis iranians iraqis indians kenyans africans asians spaniards swedes danes finns poles kurds "
    "palestinians"
)

_STATES = """
Alabama; Alaska; Arizona; Arkansas; California; Colorado; Connecticut; Delaware; Florida; Georgia; Hawaii; Idaho;
Illinois; Indiana; Iowa; Kansas; Kentucky; Louisiana; Maine; Maryland; Massachusetts; Michigan; Minnesota;
Mississippi; Missouri; Montana; Nebraska; Nevada; New Hampshire; New Jersey; New Mexico; New York; North Carolina;
North Dakota; Ohio; Oklahoma; Oregon; Pennsylvania; Rhode Island; South Carolina; South Dakota; Tennessee; Texas;
Utah; Vermont; Virginia; Washington; West Virginia; Wisconsin; Wyoming; Puerto Rico; D.C.; DC; Washington D.C.;
Ontario; Quebec; Alberta; British Columbia; Manitoba; Saskatchewan; Nova Scotia; New South Wales; Queensland;
Victoria; Tasmania; Western Australia; South Australia; Northern Territory; NSW; England; Scotland; Wales;
Northern Ireland; Great Britain; Britain; UK; U.K.; US; U.S.; USA; U.S.A.; America; UAE; EU member; Holland;
Bavaria; Saxony; Catalonia; Tuscany; Crimea; Kashmir; Punjab; Gujarat; Maharashtra; Karnataka; Kerala; Bihar;
Sichuan; Guangdong; Xinjiang; Tibet; Hainan; Hubei; Hebei; Zhejiang; Jiangsu; Shandong; Fujian; Siberia; Manchuria;
Patagonia; Scandinavia; Balkans; Baltics; Middle East; Far East; Latin America; Eastern Europe; Western Europe;
Central Asia; Southeast Asia; South Asia; East Asia; Asia Pacific; Asia-Pacific; North Africa; West Africa;
East Africa; Southern Africa; Sub-Saharan Africa; Silicon Valley; Wall Street; Main Street; Gaza; Gaza Strip;
West Bank; Golan Heights; Atlantic; Pacific; Indian Ocean; Mediterranean; Arctic; Antarctic; Caribbean; Gulf;
Persian Gulf; Gulf of Mexico; North Sea; Black Sea; Red Sea; Suez Canal; Panama Canal; Burma; Soviet Union; USSR;
Yugoslavia; Czechoslovakia; Ivory Coast; Congo; Korea; Macau; Macao; Calif; Mass; Conn; Fla; Ill; Ind; Mich; Minn;
Penn; Tenn; Tex; Wis; Wash; Ore; Ariz; Ark; Colo; Del; Ga; Kan; Md; Mo; Neb; Nev; Okla; Va; Vt; Wyo; N.Y.; N.J.;
N.C.; S.C.; N.H.; N.M.; N.D.; S.D.; W.Va.; R.I.; NY; NJ; CA; TX; FL; South; North; East; West; Midwest;
Mid-Atlantic; Northeast; Northwest; Southeast; Southwest; New England; White House;
Capitol Hill; Downing Street; Kremlin; Arabian Peninsula
"""
_CITIES = """
Aberdeen; Abuja; Aleppo; Ahmedabad; Alexandria; Amritsar; Ankara; Antwerp; Atlanta; Austin; Baltimore; Bangalore;
Barcelona; Basel; Basra; Beijing; Belfast; Bengaluru; Bergen; Bern; Bilbao; Birmingham; Bologna; Bonn; Bordeaux;
Boston; Brasilia; Bremen; Brighton; Brisbane; Bristol; Buffalo; Busan; Calcutta; Calgary; Cambridge; Canberra;
Cannes; Cape Town; Cardiff; Charlotte; Chengdu; Chennai; Cincinnati; Cleveland; Cologne; Columbus; Coventry; Dalian;
Dallas; Davos; Delhi; Detroit; Dortmund; Dresden; Dundee; Durban; Dusseldorf; Düsseldorf; Edinburgh; Edmonton;
Eindhoven; Essen; Falluja; Florence; Frankfurt; Fukushima; Geneva; Genoa; Ghent; Glasgow; Gothenburg; Granada;
Grenoble; Guangzhou; Hague; The Hague; Haifa; Hamburg; Hangzhou; Hanoi; Hanover; Harbin; Hartford; Hiroshima;
Houston; Hyderabad; Islamabad; Incheon; Jacksonville; Jeddah; Jerusalem; Johannesburg; Kandahar; Kansas City;
Kharkiv; Kobe; Krakow; Kunming; Kyoto; Lagos; Lahore; Lausanne; Las Vegas; Leeds; Leicester; Leipzig; Lille;
Liverpool; Lucerne; Lyon; Malaga; Manchester; Manhattan; Marseille; Mecca; Medina; Memphis; Miami; Milan; Milwaukee;
Minneapolis; Mombasa; Montreal; Mosul; Mumbai; Munich; Nagasaki; Nagoya; Nairobi; Nanjing; Nantes; Naples;
Nashville; New Delhi; New Orleans; New York City; Newcastle; Nice; Ningbo; Norwich; Nottingham; Oakland; Odessa;
Odesa; Orlando; Osaka; Ottawa; Oxford; Palermo; Palo Alto; Perth; Philadelphia; Pisa; Pittsburgh; Plymouth;
Portland; Portsmouth; Porto; Pretoria; Providence; Pune; Pyongyang; Qingdao; Quebec City; Rawalpindi; Recife;
Richmond; Rio; Rio de Janeiro; Rotterdam; Sacramento; Salt Lake City; Salzburg; San Antonio; San Diego;
San Francisco; San Jose; Sapporo; Seattle; Seville; Sheffield; Shenzhen; Southampton; Saint Louis; St Louis;
St. Louis; St. Petersburg; Strasbourg; Stuttgart; Suzhou; Tampa; Tel Aviv; Tianjin; Toulouse; Trieste; Tucson;
Turin; Utrecht; Valencia; Venice; Verona; Vladivostok; Washington; Wellington; Wuhan; Wuxi; Xiamen; Xi'an;
Yekaterinburg; Yokohama; York; Zhengzhou; Zurich; Brooklyn; Bronx; Queens; Hollywood; Kiev; Kyiv; Lviv; Peking;
Bombay; Madras; Rangoon; Saigon; Ho Chi Minh City; Jaffa; Ramallah; Sanaa; Benghazi; Aden; Kathmandu; Brasília;
São Paulo; Bogotá; Medellín
"""
FIRST_NAMES = _words(
    "aaron abdul abdullah abigail adam adrian ahmad ahmed aisha akira alan alastair albert alejandro aleksandr alex "
    "alexander alexandra alexei alexis alfred ali alice alison alistair allan allen amanda amber amir amit amy ana "
    "anders andre andrea andreas andrei andrew andy angela anil anita ann anna anne annie anthony antoine anton "
    "antonio arjun arnold arthur arun ashley ashok barack barbara barry bart beatrice ben benjamin bernard bernie "
    "bert beth betty bill bob bobby boris brad bradley brendan brian bruce bruno bryan caitlin cameron carl carla "
    "carlo carlos carol caroline catherine cathy cecilia charles charlie charlotte cheryl chris christian christina "
    "christine christophe christopher chuck claire clara claude claudia colin colleen condoleezza connor craig "
    "crystal cynthia dale damien dan daniel daniela danielle danny darren dave david dean deborah debra dennis "
    "denise derek diana diane dick diego dmitri dmitry dominic don donald donna doris dorothy doug douglas duncan "
    "dylan ed eddie edgar edward edwin eileen elaine eleanor elena elizabeth ella ellen emil emily emma enrique "
    "eric erica erik erin ernest esther ethan eugene eva evan evelyn fatima felipe felix fernando fiona florence "
    "frances francesco francis francisco francois frank franz fred frederick gabriel gareth gary gavin geoff "
    "geoffrey george georgia gerald gerard gerhard gina giovanni giuseppe gladys glen glenn gloria gordon grace "
    "graham grant greg gregory guillermo gustav guy hank hannah hans harold harriet harry harvey hassan heather "
    "hector heidi helen henri henry herbert hillary hiroshi holly howard hugh hugo hussein ian ibrahim igor imran "
    "ingrid irene isaac isabel isabella ivan jack jackie jacob jacqueline jacques jaime jake james jamie jan jane "
    "janet janice jared jason jasper javier jay jean jeff jeffrey jennifer jenny jeremy jerome jerry jesse jessica "
    "jesus jill jim jimmy joan joanna joanne joao joe joel johan johannes john johnny jon jonas jonathan jordan "
    "jorge jose joseph josh joshua joyce juan juanita judith judy julia julian juliana julie juliet julius jun june "
    "justin kamal karen karl karin kate katharine katherine kathleen kathy katie keith kelly ken kenji kenneth "
    "kenny kerry kevin khalid kim kimberly kirk klaus konstantin krishna kristen kurt kyle larry lars laura lauren "
    "laurence laurent lawrence leah lee leo leon leonard leonardo leslie lewis li liam linda lisa liz lloyd lois "
    "lorenzo lori louis louise luca lucas lucia lucy luigi luis luke lydia lynn madeleine magnus mahmoud malcolm "
    "manuel marc marcel marco marcus margaret maria marie marilyn mario marion mark marko markus marta martha "
    "martin martina marvin mary matt matteo matthew matthias maureen maurice max maxim maya megan mehmet mel "
    "melanie melissa meredith michael michel michele michelle miguel mihai mike mikhail milan ming miriam mitch "
    "mitt mohamed mohammad mohammed molly monica muhammad mustafa nadia nancy naomi narendra natalia natalie "
    "natasha nathan neil nelson nicholas nick nicola nicolas nicole nigel nikolai nils nina noah noel nora norman "
    "olaf oleg olga oliver olivia omar oscar osama otto owen pablo pam pamela paolo pascal pat patricia patrick "
    "paul paula pavel pedro peggy penny pete peter phil philip philippe phillip pierre prakash priya rachel rafael "
    "rahul raj rajesh ralph ramon randall randy raul ravi ray raymond rebecca reinhard rené renee ricardo rich "
    "richard rick rob robert roberto robin rod rodney roger roland roman ron ronald rosa rose ross roy rudolf "
    "rupert russell ruth ryan saddam sally sam samantha samuel sandra sandy sanjay sara sarah satoshi scott sean "
    "sebastian sergei sergey sergio seth shane shannon sharon sheila shinzo shirley silvio simon sofia sonia sophie "
    "stacy stan stefan stella stephanie stephen steve steven stewart stuart sue sunil suresh susan suzanne svetlana "
    "sylvia takashi tamara tania tara ted terence teresa terry theo theodore theresa thomas tim timothy tina todd "
    "tom tommy toni tony tracy trevor tyler umar ursula valentina valerie vanessa vera vernon veronica vicki victor "
    "victoria vijay vikram vincent viktor virginia vivek vivian vladimir wally walter wang warren wayne wei wendy "
    "werner wilhelm will william willie wolfgang xavier xi yan yasmin yasser yoko yuki yuri yusuf yves zachary "
    "zhang zoe александр алексей андрей анна борис василий виктор владимир дмитрий евгений екатерина елена иван "
    "игорь ирина константин максим мария михаил наталья николай ольга павел пётр сергей татьяна юрий αλέξης αντώνης "
    "γιάννης γιώργος δημήτρης ελένη κώστας κωνσταντίνος μαρία νίκος παναγιώτης σοφία"
)


@functools.cache
def territories(language: str) -> frozenset[str]:
    """Countries, continents and regions as a language calls them, lower-cased; English ones if babel does
    not know the language."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return frozenset(str(name).lower() for code, name in locale.territories.items() if code != "ZZ")


def capital_nouns(language: str) -> bool:
    """Whether a language writes all nouns with a capital: German, Luxembourgish."""
    return language.partition("-")[0].lower() in {"de", "lb"}


@functools.cache
def stop_words(language: str) -> frozenset[str]:
    """The small words of a language (BCP 47 tag), lower-cased; none where no list of them is known."""
    try:
        name = Locale.parse(language, sep="-").english_name or ""
        return frozenset(justext.get_stoplist(name.partition(" ")[0]))
    except (UnknownLocaleError, ValueError):
        return frozenset()


@functools.cache
def places() -> frozenset[str]:
    """Well-known places in English, lower-cased: countries, states, and cities (those of the time zones,
    and more)."""
    listed = {" ".join(name.split()).lower() for name in f"{_STATES};{_CITIES}".split(";")}
    zones = {zone.rpartition("/")[2].replace("_", " ").lower() for zone in get_global("zone_territories")}
    return frozenset(listed | zones | territories("en"))


@functools.cache
def plain_words() -> frozenset[str]:
    """Words with a capital that are no name by themselves, lower-cased: days, acronyms, currencies, peoples."""
    currencies = {str(code).lower() for code in Locale("en").currencies}
    days = {f"{word}s" for word in CALENDAR if word.endswith("day")}
    return frozenset(FUNCTION | _ALONE | CALENDAR | PEOPLES | currencies | days)
