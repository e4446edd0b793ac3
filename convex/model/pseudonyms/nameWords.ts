/**
 * Words that need care, as a name is compared without case. The lists are ours, of English as it is
 * written in Australian incident reports; none can be complete.
 */

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/**
 * Ordinary words that somebody may have as a name, and words that end like the possessive of one:
 * replaced only where a capital and the place in the sentence say that a name is meant.
 */
const ORDINARY_WORDS = words(`
  a about above access ace across add address after again age ago air ali all also always am amber
  amen an and angel angels any april arch archer are arm army art as ash aspen at august aunt
  austin autumn away axe bad baker ball band banks bar barber baron basil bath bay be beach bean
  bear beat bed bee beers bell belle bench bend bent berg besides best beth better big bill bird
  bishop black blade blaze bless bliss block bloom blue boat bob bond bone bonny book boot born
  boss bow bowl box boy boys branch brand brandy brave bray bread brew brick bridge bright bristol
  broad brook brown brush buck bud buddy bull burn burns bus bush business but butcher butler
  butter buzz by cage call camp can candy cane cannon canon cap card care carpenter case cash cast
  castle cat cave chain chamber chambers chance chancellor chapel charity charm chase chat check
  cheer cherish cherry chess chi child chin chip christian christmas church city clark class clay
  clean clear cliff close cloud coal coast coat cob coffee cold collie comb come constant cook
  cool cope coral cord cork corn cotton couch court cove cow cox craft cramp crane crisp crook
  cross crow crown cruise crystal cup curry curt curtain cycle daily daisy dale dam dame dancer
  dandy dark dart darwin dash date dawn day days dean dear deer dent destiny devon dew did die
  dill dim din dine do doe does dog doll don done door dot down draper dream dress drew drum dry
  duck duke dune dung dusk dust dusty dwell dye each earl early earth east easter echo edge ember
  emerald end eve even evening ever every fair fairy faith falcon fall falls fan far farm farmer
  fast fate father fear fell fern few field fields fig fin finch find fir fire firm fish fisher
  fit flag flame fleet flint flood flower flowers fly foal foot for ford forest fort foster found
  fountain fox franc frank french friday friend from frost fry fudge full fuller fun gain gale
  game gang garden gardener gas gate gates gay gem gene general gent get gift ginger give glad
  glass glory glover go goat gold golden good goose grace grain grand grange grant grass grave
  graves gray green greene grey grief grove grow guess guest gull gum gun guy ha hack had hail
  half hall ham hand hands handy hang happy harbour hard hardy hare harm harmony harp harrow
  harvest has haste hat hatch have haven hawk hawker hay haze hazel he head heal heard heart heath
  heather hedge heir held hello help hen her herb here hero heron hers hex hi hick high hill hills
  hind hip his hit ho hobby hog holiday hollow holly home honest honey honor honour hood hook hoop
  hope hopper horn horse host hour house how howl hug hull hung hunt hunter hut i ice if illness
  in india ink inn iris iron is isle it its ivory ivy jack jade jar jasmine jay jean jeans jet
  jewel jo jobs join jolly joy judge july jumper june junior just justice keen keep kerb key keys
  kid kin kind king kiss kit kite knight knot know la lace lad lady lake lamb lamp lance land
  landing lane large lark lass last late laugh laurel law lawn lay leach lead leader leaf lean led
  lee left leg lemon lens less let lets level li lie life light lily lime lin line ling link lion
  list lit little live lo loan lock lodge log lone long look loom lord loss lot louder love low
  loyal luck lucky lumber lunch lush lute lynx ma mace mad made maid main major make male mall man
  manly manner manning many maple mar march mark market marks marlin marsh marshal mask mason mass
  mast master masters mat mate matter max may mayor me mead meadow meadows meal mean medley mellow
  melody memory men merchant mercy merit merry mess met mid miles milk mill miller mills min mind
  mine minor mint miss mist moat mode mole moment monday money monk moo moody moon moor moose more
  morning moss most moth mother mould mount mountain mouse much mud mum muse music my nail name
  nan navy near neat neck need nest net new newman news nice nick night no noble noon norm north
  not note now nurse nut oak oaks object ocean of off oh oil okay old olive on one only onyx opal
  open orange orchard order other our ours out over owl own ox pa pace pack page pain paint
  painter pair palm palmer pan pansy paris park parks parson part partridge pass past pastor pat
  patch path patience patient pea peace peach peacock pear pearl peck peel peg pen pence penny
  people pepper perch perhaps pet petty phoenix pick pickle pie pierce pike pine pink piper place
  plain plane plant play please plum plus pocket pole pond pool poor pope poppy port porter post
  pot potter potts power powers precious press price pride priest prince princess prior process
  prudence pulling pump purple push put quail queen quick quill rail rain rainbow ram ran ranger
  rank rash raven ray reach read reader red reed reef reeve regal rein rest rice rich ridge ring
  rise river rivers road rob robin robins rock rocky rod rode roll roller rome root rope rose
  rosemary roses rough round row royal ruby rudder rue rule run rush russet rust rusty rye sad
  saddle safe saffron sage sail saint sale sales salt same samples sand sands sandy sang sapphire
  sat saturday savage save saw say scarlet scout sea seal seaman see sell senior serene set seven
  sha shade shaft shall sharp shaw she shed sheen shell shepherd shine ship shirt shoe shop shore
  short show shower shun sid side silk silver simple sin sing singer singh single sir sis sister
  sit six skip sky slack slate sleep slim sloan small smart smile snow so sole some son song sonny
  soon sorrel soul south spark sparks sparrow spear speed spice spinner spire spoon spring squire
  stable stack staff stag stair stallion stand star stark starling start state stead steal steel
  steer step sterling stern stew steward still sting stock stone storm story stout strand strange
  street stress strong success such sue suit sullen sum summer summers sun sunday sung sunny
  sunshine sure swallow swan sweet swift sword sydney tab table tailor tall tam tan tang tap tar
  tart tea teal team teddy temple ten tender term terrace than that the their theirs them then
  there they thin thing this thistle thorn three thrush thu thursday thus tie tiger till time tin
  tip to today toe ton too tools top torch toss towards tower town towns trainer tray tree trim
  trinity trip triumph trot trout true truly trust tuck tuesday tulip turn twist two ty unity
  unless up us vale valley van venture vi vic vice victoria victory vine viola violet vivid vogue
  wade wait wake wales walk walker wall waller walls wan wander ward warden ware warm warner was
  washer watch water waters watt watts wave way we weaver web wedding wednesday week weeks well
  wellness wells west what wheat wheeler when where which white who wick wild wilder will willow
  wills win wind wine wing winner winning winter winters wise wish with wolf wood woodman woods
  woody word words work worker world worth wren wright yard yes yet you young your yours
`);

/** Particles of names: words of a name like others, but never a name by themselves in small letters. */
export const PARTICLES = words(`
  van der den de da di dos du del la le el al bin binti ibn von zu st saint san mac
`);

/**
 * What people write beside a name in a field for names: roles, relations, hours. By themselves they
 * are not looked for.
 */
export const NO_NAMES = words(`
  madam nurse gp ot doctor psychologist physio rn en ain pca dsw md phd jr sr mum mother mom dad father parent parents brother
  sister daughter aunt aunty auntie uncle cousin niece nephew grandmother grandfather grandma
  grandpa nanna wife husband partner spouse neighbour guardian carer caregiver advocate trustee
  manager coordinator contact emergency nok relation relationship mobile mob phone ph tel
  telephone fax number after before hours hour night am pm afternoon weekday weekdays weekend
  weekends urgent second primary secondary alternate alternative other text sms or and via the
  lives with at on in for to from is if not none nil unknown unnamed anonymous tbc tba tbd pending
  test demo admin administrator system user users participant participants person people client
  clients resident residents staff member members worker workers support team leader leaders
  company shift casual agency relief frontline supervisor director officer owner reporter witness
  self myself redacted deleted removed former email example invalid null undefined account service
  developer
`);

/** In front of a name. What follows with a capital is a name, known or not. */
export const TITLES = words("mr mrs ms miss mx dr prof professor");

/** Names of months that people have, too: beside a number they are months. */
export const MONTHS = words("april may june july august march");

/** What says, right behind a word that begins a sentence, that the word is somebody. */
const SUBJECT_VERBS = words(`
  already also always am and appeared arrived asked ate became began bent bit bled blew bought
  broke brought burnt called came can cannot cast caught chose cost could cried cut did didnt does
  doesnt drank dreamt drew drove dug fed fell felt fled flew forgot found froze gave got grabbed
  grew had hadnt has hasnt heard held hid hit hung hurt is isnt kept knelt knew laughed lay leaned
  leant learnt led left lent let likes lit lives loses lost made may meant met might missed must
  needs never now of often paid pulled pushed put quit ran rang read refuses rode said sang sank
  sat saw says seemed seems sent set shook should shouted showed shut slept slid smiled sought
  spat spent spilt split spoilt spoke sprang spread stayed stole stood stopped struck stuck stung
  swam swore swung takes taught then thought threw told took tore tried tripped understood uses
  usually walks wants was wasnt went wept were wet who will woke won wont wore would wouldnt wound
  wrote
`);

/** Whether a word, folded, is a verb that somebody does, or has the ending of one. */
export function isSubjectVerb(word: string): boolean {
  return SUBJECT_VERBS.has(word) || (word.length > 3 && /ed$|[^s]s$/.test(word));
}

const DETERMINERS = words(`
  i you he she it we they the a an this that these those there my your his her its our their
  anyone someone everyone somebody anybody everybody
`);

/** Ordinary words that a sentence may begin with and a comma follow. */
const OPENERS = words(`
  well still now so then yes no not again after before also first last next once soon right ok okay
  sure please long late early together only even ever here there thus too while oh ah
`);

/** Whether a word with a comma behind opens a sentence, rather than names somebody. */
export function isOpener(word: string): boolean {
  return OPENERS.has(word);
}

/** Whether a word cannot follow somebody's name: it begins something of its own. */
export function isDeterminer(word: string | undefined): boolean {
  return word !== undefined && DETERMINERS.has(word);
}

/** Whether a name is also an ordinary word, so that more than the letters must say that it is one. */
export function isCommonWord(word: string): boolean {
  return /^[a-z]{1,2}$/.test(word) || ORDINARY_WORDS.has(word) || PARTICLES.has(word);
}
