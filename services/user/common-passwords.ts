// What people choose most, from the well-known lists of leaked passwords: data, no rules.

/** Of at least 12 characters, in lower case, without spaces. */
export const commonPasswords: ReadonlySet<string> = list(`
  010203040506 0123456789ab 098765432100 102030405060 1029384756qp 112233445566 112358132134
  121212121212 12345678900987654321 123456789abc 123456789qwe 123456abcdef 123qweasdzxc
  142536475869 147258369147 147852369147 159357258456 1a2b3c4d5e6f 1q2w3e4r5t6y 1qaz2wsx3edc
  271828182845 314159265358 741852963741 a12345678910 a1b2c3d4e5f6 aa1234567890 abc123456789
  abcd12345678 abracadabra1 abracadabra12 accountability admin1234567 admin12345678 admin@123456
  adminadmin123 administrador administrateur administration administrator administrator1
  adminpassword agent0070070 albusdumbledore alhamdulillah allahuakbar1 allahuakbar12
  alliwantisyou allyouneedislove alohomora123 alwaysandforever amazinggrace amazinggrace1
  anything1234 aragorn12345 architecture argentina123 arsenal12345 arsenalfc123 asdf12341234
  asdfasdfasdf asdfqwerzxcv assassinscreed australia123 avadakedavra avengedsevenfold
  averylongpassword babygirl1234 babygirl12345 badpassword12 barcelona123 barcelona1234
  baseball1234 baseball12345 basketball12 basketball123 basketball23 batmanbegins bayernmunchen
  bayernmunich bilbobaggins biochemistry bismillah123 bismillah1234 biteme123456 blackberry12
  blackberry123 blackpanther blackpanther1 blacksabbath blahblah1234 blahblahblah blessedbygod
  blink182blink bobesponja123 bohemianrhapsody bondjamesbond bonjour12345 bostonredsox
  breakingbad1 breakingbad12 britneyspears buenosaires1 bullshit1234 businessman1 buttercup123
  butterflies1 butterfly123 butterfly1234 buzzlightyear californialove californication
  callofduty12 callofduty123 cantguessthis captainamerica captainkirk1 carpediem123 carpediem1234
  caterpillar1 championship championships changeit1234 changemeplease changepassword
  changethispassword charizard123 cheerleader1 cheerleader12 chelsea12345 chelseafc123
  chewbacca123 chicagobears chicagobulls chocolatechip chrisbrown12 christmas123 christmas1234
  cinnamonroll clashofclans communication computer1234 computer12345 congratulations
  constantinople construction contrasena123 contrasenia1 correct-horse-battery-staple
  correcthorsebattery correcthorsebatterystaple counterstrike cristianoronaldo customer1234
  daddysgirl12 daddyslittlegirl daenerys1234 dallascowboys dallascowboys1 darksideofthemoon
  darthvader12 darthvader123 deadpool1234 december1234 default-password defaultpassword
  demodemodemo demopassword deutschland1 donaldduck12 donaldduck123 dontforget12 dontforgetme
  dontstopbelieving dragon123456 dragonball12 dragonball123 dragonballz1 dragonballz12
  dragondragon dumbledore12 dumbledore123 eatmyshorts1 engineering1 engineering12 entrepreneur
  everything12 everything123 examplepassword expectopatronum extraordinary facebook1234
  facebook12345 fallouboy123 fcbarcelona1 february1234 finalfantasy finalfantasy7 findingnemo1
  followtheleader followyourdreams football1234 football12345 foreverandalways foreverandever
  forgetmenot1 forgetmenot12 forgotmypassword forgotpassword fortnite1234 frodobaggins
  fuckoff12345 fuckyou12345 fuckyou123456 gameofthrones gandalf12345 gandalfthegrey gingerbread1
  goaway123456 godblessamerica godblessme123 godblessyou12 godisable123 godisgood123
  godisgoodallthetime godisgreat12 godislove123 goodmorning1 goodmorning123 goodnight123
  goodpassword google123456 googlegoogle gotohell1234 gottacatchemall grandtheftauto grasshopper1
  greenbaypackers greenday1234 gryffindor12 gryffindor123 guardiansofthegalaxy guestguest12
  gymnastics12 hakuna-matata hakunamatata hakunamatata1 hallohallo12 halloween123 hannahmontana
  hansolo12345 happybirthday happybirthday1 happynewyear1 happynewyear12 harekrishna1 harrypotter1
  harrypotter12 harrypotter123 hello1234567 hellohello12 hellokitty12 hellokitty123 hellokitty1234
  hellothere12 helloworld12 helloworld123 hermionegranger hocuspocus12 hocuspocus123 hogwarts1234
  honeybunch12 honeybunny12 houseofcards howareyou123 howareyoutoday hummingbird1 hunter123456
  hunterhunter hurricane123 iambatman123 iamthebatman iamyourfather ichliebedich ichliebedich1
  idontknowmypassword idontremember iforgotit123 iforgotmypassword ihateeveryone ihatehomework
  ihatemylife12 ihatepasswords ihateschool1 ihatethis123 ihateyou1234 iloveanimals iloveanthony
  ilovebasketball ilovecheese12 ilovechocolate ilovechris123 ilovedaniel12 ilovedavid123
  ilovefootball ilovehorses12 ilovejesus12 ilovejesus123 ilovejesuschrist ilovejohn1234
  ilovejordan12 ilovejustin12 ilovejustinbieber ilovemichael ilovemusic12 ilovemusic123
  ilovemybabies ilovemyboyfriend ilovemycat123 ilovemydaddy ilovemydog123 ilovemyfamily
  ilovemyfriends ilovemygirlfriend ilovemyhusband ilovemykids12 ilovemymom123 ilovemymommy
  ilovemymother ilovemyself12 ilovemysister ilovemywife12 ilovepizza123 iloveyou1234 iloveyou12345
  iloveyou4ever iloveyoualot iloveyoubabe iloveyoubaby iloveyouever iloveyouforever iloveyouguys
  iloveyoujesus iloveyoulots iloveyoumichael iloveyoumommy iloveyoumore iloveyoumydear
  iloveyousomuch iloveyousooomuch iloveyoustill imagination12 imissyousomuch incorrectpassword
  incrediblehulk independence independent1 indonesia123 inshallah123 intelligence intelligent1
  intermilan12 internationa1 international internet1234 iphone123456 ironmaiden12 ironmaiden666
  ironman12345 iwillalwaysloveyou jaishreeram1 jamesbond007 jamesbond0071 january12345
  jeanlucpicard jesus1234567 jesuschrist1 jesuschristislord jesusfreak12 jesusislord1
  jesusislord12 jesusismylord jesusismysavior jesuslovesme jesuslovesyou jesussaves12
  jetaimepourlavie johnlennon12 jonasbrothers jonsnow12345 jordan232323 justbecause1 justdoit1234
  justforfun123 justinbieber justinbieber1 justinbieber12 justkeepswimming juventus1234
  killer123456 killerkiller kingdomhearts kobebryant12 kobebryant24 ladygaga1234 lakers123456
  leagueoflegends leavemealone leavemealone1 lebronjames1 lebronjames23 ledzeppelin1 legendofzelda
  legolas12345 letmein12345 letmeinletmein letmeinnow123 letmeinplease lifegoeson12
  lifeisbeautiful lifeisgood12 lifeisgood123 lifesucks123 lightning123 linkinpark12 linkinpark123
  linuxlinux12 lionelmessi1 lionelmessi10 liveandletdie livelaughlove livelongandprosper
  livelovelaugh liverpool123 liverpool1234 liverpoolfc1 liveyourlife longpassword longpassword1
  lordoftherings losangeles12 losangeles123 losangeleslakers loveforever12 loveisintheair
  loveislife12 lovelove1234 lovelovelove loveyoualways loveyouforever loveyousomuch
  lukeiamyourfather lukeskywalker manchester12 manchestercity manchesterunited manutd123456
  marshmallow1 mashallah123 master123456 mastermaster mathematics1 may-the-force-be-with-you
  maytheforcebewithyou meinpasswort meinpasswort1 merchant1234 merrychristmas metallica123
  metallica1234 miamorporsiempre michaeljackson michaeljackson1 michaeljordan mickeymouse1
  mickeymouse12 micontrasena microsoft123 microsoft1234 middleearth12 mileycyrus12
  millenniumfalcon minecraft123 minecraft1234 minecraft12345 minhasenha12 minhasenha123
  minniemouse1 missyousomuch modernwarfare mommysgirl12 mondaymonday monkey123456 monkeydluffy
  monkeymonkey monmotdepasse motdepasse12 motdepasse123 motherfucker motherfucker1 muhammad1234
  mustchange12 mychemicalromance mycomputer12 mycomputer123 myfacebook12 myfirstpassword
  mylovemylife mynameisbond mynameisdavid mynameisearl mynameisjohn mynameismike mynewpassword
  mypassword123 mypassword1234 mypasswordis myprecious12 mysecret1234 mysecretpassword
  mysunshine12 mytradepost12 naruto123456 narutouzumaki ncc1701ncc1701 neverbackdown neverforget1
  nevergiveup12 nevergiveup123 nevergonnagiveyouup neverguessthis neverlookback neversaynever
  neversaynever1 newpassword123 newyorkcity1 newyorkcity12 newyorkyankees newzealand12
  newzealand123 nintendo1234 nintendoswitch nopassword12 nopasswordhere nothing12345 november1234
  obiwankenobi omsairam1234 onedirection onedirection1 onedirection1d onelove12345 onepiece1234
  onering2rulethemall onlineshopping open-sesame-123 opensesame123 packers12345 panicatthedisco
  password12345 password4ever passwordispassword passwordpassword passwort1234 patrickstar1
  peanutbutter peanutbutterjelly philadelphia philadelphiaeagles philippines1 photographer
  photography1 photography12 pikachu12345 pinkfloyd123 pittsburghsteelers playstation1
  playstation12 playstation2 playstation3 playstation4 playstation5 pleaseletmein pokemon12345
  pokemonmaster praisethelord prayforpeace prettyprincess princess1234 princess12345 professional
  psychologist puertorico12 puertorico123 q1w2e3r4t5y6 quickbrownfox qweasdzxc123 qwerasdfzxcv
  qwerty123456 qwertyqwerty raspberrypi1 rattlesnake1 realmadrid12 realmadrid123 realmadrid1234
  redsox123456 rememberme12 rememberme123 rememberthename rememberthis resistanceisfutile
  rickroll1234 riodejaneiro roblox123456 rockandroll12 rocknroll123 rollingstones ronaldo12345
  root12345678 rootrootroot samplepassword samsung12345 samsunggalaxy sanfrancisco sasuke123456
  sasukeuchiha schatzimausi1 scoobydoo123 scoobydoo1234 secret123456 secretpassword secretsecret
  securepassword securepassword1 senha1234567 september11th september123 severussnape
  sexdrugsrocknroll shadow123456 shadowshadow shopping1234 shoppingcart skateboard12 skateboarding
  slytherin123 smellsliketeenspirit something123 something1234 sonofabitch1 southafrica12
  spiderman123 spiderman1234 spongebob123 spongebob1234 spongebobsquarepants springbreak1
  squidward123 stairwaytoheaven starshipenterprise startrek1234 starwars1234 starwars12345
  steelers1234 stormtrooper strawberry12 strawberry123 strongpassword subhanallah1 sugarplum123
  summertime12 summertime123 sunshine1234 sunshine12345 superadministrator superman1234
  superman12345 supermario12 supermariobros supersecret123 supersecretpassword sweetheart12
  sweetheart123 sweetiepie12 sweetiepie123 swimming1234 systemofadown taylorswift1 taylorswift13
  teamoconlocura teamomucho12 teamomucho123 teamoparasiempre technology123 teextranomucho
  temporarypassword temppassword test12345678 testing12345 testpassword testtesttest
  thankgoditsfriday thankyougod12 thankyoujesus thankyoulord1 thebeatles12 thebigbangtheory
  thedarkknight theforcebewithyou thelegendofzelda thelordismyshepherd thelordoftherings
  thequickbrown thequickbrownfox thewalkingdead thisisapassword thisismypassword thisispassword
  thunderbird1 thunderbolt1 thunderstorm tinkerbell12 tinkerbell123 tobeornottobe
  tobeornottobethatisthequestion toinfinityandbeyond toor12345678 topsecret1234 tradepostadmin
  tradepostpassword tradeposttradepost truelove1234 truelove4ever trustno1trustno1 trustnobody1
  trustnoone12 trustnoone123 tryandguess12 ubuntuubuntu unbelievable unbelievable1 understanding
  unitedkingdom unitedstates unitedstatesofamerica useruseruser valarmorghulis valentine123
  verysecretpassword verystrongpassword vodafone1234 voldemort123 volleyball12 volleyball123
  wachtwoord12 wachtwoord123 waheguru1234 walkingdead1 watermelon12 watermelon123 welcome12345
  welcomeback1 welcomehome1 welcometomyworld welcomewelcome whatever1234 whatever12345
  whatsyourname whatthehell1 whatthehell12 whoknows1234 windows12345 windowsxp1234 winnethepooh
  winniethepooh winteriscoming wonderwoman1 wonderwoman12 worldofwarcraft wrongpassword
  xbox36012345 yankees12345 youarebeautiful youaremylife youaremylove youaremysunshine
  youaretheone youllneverguess youllneverwalkalone youshallnotpass youtube12345 youwillneverguess
  zaq12wsxcde3 zaq1xsw2cde3
`);

/** Words that are a password with nothing but numbers and signs around them. */
export const commonWords: ReadonlySet<string> = list(`
  abc abcd access account admin administrator alexander amanda andrea andrew angel anthony apple
  arsenal asdf asdfgh asdfghjkl ashley babygirl banana barcelona baseball basketball batman
  benjamin brandon butterfly captainkirk caterpillar changeme changemenow charlie chelsea chicken
  chocolate christian christmas computer contrasena cookie customer daniel david december default
  demo deutschland diamond dragon elizabeth facebook family fcbarcelona flower football forever
  freedom friend friends george google grasshopper guest hannah happy harekrishna harley
  harrypotter hello hummingbird hunter iloveyou iloveyouall iloveyoudad iloveyougod iloveyoumom
  iloveyoutoo internet iphone january jasmine jennifer jessica jesus john jonathan jordan joshua
  justbecause justin killer ledzeppelin letmein liverpool liverpoolfc login london love lovely
  maggie manager manchester marshmallow master matthew melissa merchant metallica michael michelle
  mickeymouse microsoft mike minecraft minniemouse monkey motdepasse mother mustang mypassword
  mysecret naruto nicole november october pass passw passwd password passwort patrick pepper
  pokemon princess private purple qazwsx qwerty qwertyuiop qwertz rainbow raspberrypi realmadrid
  robert root samantha samsung secret security senha september shadow soccer sonofabitch spiderman
  starwars steelers summer sunshine superman support sweetheart system tableau taylor teamo temp
  test testing thomas tigger trade tradepost trustnobody trustnoone user username victoria
  wachtwoord welcome whatever william windows winter wonderwoman yankees zxcvbn zxcvbnm
`);

function list(words: string): ReadonlySet<string> {
  return new Set(words.trim().toLowerCase().split(/\s+/));
}
