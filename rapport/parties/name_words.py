"""Words that names are made of: titles, particles, frequent given names, mail services, addresses of nobody."""

from rapport.kernel.imports.words import words

MALE_SALUTATIONS = words("herr herrn hr hrn mr mister sir monsieur señor senor signor sig dhr heer pan")
FEMALE_SALUTATIONS = words(
    "frau fr frl fräulein mrs ms miss madam madame mme mlle señora senora sra srta signora sig.ra mevr mw "
    "mevrouw pani"
)
NEUTRAL_SALUTATIONS = words("mx divers z.hd zhd attn firma familie fam")
TITLES = words(
    "dr drs prof professor doktor doctor dipl dipl.-ing dipl.-kfm dipl.-kffr dipl.-inform dipl.-phys "
    "dipl-ing dipl-kfm ing ir mag magister mag.a lic ra rechtsanwalt rechtsanwältin med jur phil rer nat "
    "pol oec habil univ h.c hc dent vet theol techn mult pd priv.-doz privatdozent priv.-doz dr.-ing "
    "dr-ing dr.med dr.jur dr.phil dr.h.c b.sc m.sc freiherr freifrau baron baronin graf gräfin fürst rev "
    "hon capt col gen lt sgt maj st.b stb wp"
)
SUFFIXES = frozenset(
    (
        "jr jun junior sr sen senior ii iii iv phd ph.d md esq mba bsc msc ba ma llm ll.m dds cpa rn mph m.d b.a m.a "
        "bsc b.sc msc m.sc beng meng b.eng m.eng dphil obe cbe mbe frcs"
    ).replace(".", "").split()
)  # fmt: skip
PARTICLES = words(
    "von vom zu zur zum van der den dem des de del della dello di da dal dos das do du la le les las los "
    "ter ten te 't op het af av al el bin ibn ben abu san santa st saint y"
)  # fmt: skip

GIVEN_NAMES = words(
    "adam adrian agnes agnieszka ahmed alain alan albert alejandro aleksandra alessandro alex alexander "
    "alexandra alfred ali alice alicia alina alois amelie amy ana anders andre andrea andreas andrew "
    "andrzej angela angelika anita anja anke ann anna anne annette annika ansgar anthony anton antonia "
    "antonio arne arthur astrid axel ayse barbara bastian beate beatrice ben benedikt benjamin bernadette "
    "bernd bernhard bettina birgit birgitta björn bjoern bob boris brian brigitte bruno burkhard camille "
    "carina carl carla carlos carmen carola carolin caroline carsten catherine cecilia celine charles "
    "charlotte chiara chris christa christel christian christiane christina christine christof christoph "
    "christopher claire clara claudia claus clemens cornelia corinna dagmar dan daniel daniela david "
    "dennis detlef diana diego dieter dietmar dirk dominik donald dora doris dorothea eberhard edgar "
    "eduard edward eileen elena eleonora elias elisa elisabeth elise elizabeth elke ella ellen emil "
    "emilia emily emma enrico eric erich erik erika ernst esther eugen eva evelyn fabian fatima felix "
    "ferdinand fiona florian francesca francesco francisco franck francois frank franz franziska frauke "
    "fred frederic frederik friedrich frieda fritz gabi gabriel gabriela gabriele george georg gerald "
    "gerd gerda gerhard gero gertrud gina giovanni giulia giuseppe gisela gottfried grace greta gregor "
    "gudrun guido guillaume günter guenter günther guenther gustav hanna hannah hannes hans harald harry "
    "hartmut hassan heide heidi heike heiko heiner heinrich heinz helen helena helene helga helmut "
    "hendrik henri henrik henry herbert hermann hilde holger horst hubert hugo ian ida ignacio ilse ina "
    "ines inga inge ingeborg ingo ingrid irene iris isabel isabell isabella ivan jack jacob jacqueline "
    "jakob james jan jana jane janina jannik jasmin javier jean jeanette jennifer jens jerome jessica jim "
    "joachim joan joanna joao jochen joe joel johan johann johanna johannes john jonas jonathan joost "
    "jordi jörg joerg jorge jose josef joseph josefine juan judith julia julian juliane julie julien "
    "jürgen juergen justin jutta kai karen karin karina karl karla karolina karoline karsten katarina "
    "katarzyna kate katharina kathrin katja katrin kay keith kerstin kevin kim klara klaus knut konrad "
    "konstantin kristian kristin kristina kurt lars laura laurent lea lena lennart leo leon leonie lin "
    "linda lisa lorenz lothar louis louise luise luca lucas lucia lucie ludwig luis luisa lukas lukasz lutz "
    "lydia magdalena maike maja malte manfred manuel manuela mara marc marcel marcin marco marcus marek "
    "margarete margit margot maria marian marianne marie marina mario marion marius mark marko markus "
    "marlene marta martha martin martina mary mathias mathilde matteo matthew matthias max maximilian "
    "mehmet meike melanie merle mia michael michaela michal michel michele miguel mike milan mirjam "
    "mohamed mohammed mona monica monika moritz muhammad mustafa nadine nadja nancy natalia natalie "
    "nathalie nele nick nicholas nico nicola nicolas nicole niels nikolaus nils nina nora norbert olaf "
    "oliver olivia olivier oscar oskar otto pablo paolo pascal patricia patrick patrik paul paula pauline "
    "pavel pedro peggy peter petra philip philipp philippe pierre pia piotr rachel rafael raimund rainer "
    "ralf ralph ramona raphael rebecca regina reiner reinhard reinhold renate rene ricardo richard rita "
    "robert roberto robin roger roland rolf roman rosa rosemarie rudolf ruth ryan sabine sabrina sam "
    "samuel sandra sara sarah sascha saskia sean sebastian selina sergio sibylle siegfried sigrid silke "
    "silvia simon simone sofia sofie sonja sophia sophie stefan stefanie stella steffen stephan stephanie "
    "stephen steve steven stuart susan susanna susanne sven svenja sylvia tamara tanja tatjana teresa "
    "theo theresa thomas thorsten till tim timo tina tobias tom tomas tomasz toni torben torsten udo ulf "
    "uli ulla ulrich ulrike ursula ute uwe valentin valerie vanessa vera verena veronika victor victoria "
    "viktor viktoria vincent viola volker walter waltraud wenke werner wiebke wilhelm willem william "
    "willi wilma winfried wolf wolfgang xaver yannick yasmin yvonne zoe"
)
SPANISH_FAMILY_NAMES = words(
    "garcia lopez gonzalez rodriguez fernandez martinez sanchez perez gomez martin jimenez ruiz hernandez "
    "diaz moreno munoz alvarez romero alonso gutierrez navarro torres dominguez vazquez ramos gil ramirez "
    "serrano blanco molina morales suarez ortega delgado castro ortiz rubio marin sanz nunez iglesias "
    "medina garrido cortes castillo santos lozano guerrero cano prieto mendez cruz calvo gallego herrera "
    "marquez leon vidal pena flores cabrera campos vega fuentes carrasco diez reyes caballero nieto "
    "aguilar pascual santana herrero montero lorenzo hidalgo gimenez ibanez ferrer duran santiago benitez "
    "vargas mora vicente arias carmona crespo roman pastor soto saez velasco moya soler parra esteban "
    "bravo gallardo rojas silva pereira costa oliveira ferreira rivera contreras mendoza guzman salazar "
    "espinoza rios valdez chavez acosta mejia sosa"
)
ROLE_WORDS = words(
    "abuse accounting accounts admin administration administrator anfrage anfragen ap asistencia "
    "assistenz beratung bestellung bestellungen bewerbung billing booking buchhaltung buero büro career "
    "careers care company compliance contact contacto contato controlling crm customer customercare "
    "customerservice datenschutz dialog dispo disposition distribution einkauf email empfang enquiries "
    "enquiry events export facility faktura feedback finance frontdesk geschaeftsfuehrung "
    "geschaeftsleitung gf hallo hello help helpdesk hi hilfe hostmaster hotline hr immobilien impressum "
    "info infos information invoice invoices it jobs kanzlei karriere kasse kontakt kunden kundendienst "
    "kundenservice kundenbetreuung lager legal leitung list lists logistik mail mailbox mailer "
    "mailer-daemon mailerdaemon marketing media newsletter noreply no-reply donotreply notification "
    "notifications office online orders order partner partners personal pforte platz post poststelle "
    "postfach postmaster praxis press presse privacy procurement produktion projekt purchasing rechnung "
    "rechnungen reception recruiting redaktion reklamation reservation reservierung return root sales "
    "schule security sekretariat service services shop sekretaer social spam staff subscribe support "
    "system team tech technik technical test ticket tickets unsubscribe user vente ventas verkauf versand "
    "vertrieb verwaltung vorstand web webadmin webmaster welcome werkstatt willkommen zentrale"
)
PUBLIC_DOMAINS = words(
    "gmail.com googlemail.com yahoo.com yahoo.de yahoo.co.uk ymail.com hotmail.com hotmail.de "
    "hotmail.co.uk outlook.com outlook.de live.com live.de msn.com icloud.com me.com mac.com aol.com "
    "aol.de gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de arcor.de mail.de posteo.de "
    "posteo.net mailbox.org online.de 1und1.de kabelmail.de vodafone.de vodafonemail.de unitybox.de "
    "netcologne.de versanet.de ewe.net osnanet.de email.de onlinehome.de protonmail.com proton.me pm.me "
    "tutanota.com tutanota.de tuta.io fastmail.com zoho.com mail.com mail.ru yandex.ru yandex.com bk.ru "
    "inbox.ru list.ru rambler.ru qq.com 163.com 126.com sina.com naver.com hanmail.net daum.net orange.fr "
    "wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it alice.it tin.it tiscali.it hotmail.it "
    "hotmail.fr live.fr telefonica.net terra.es hotmail.es bluewin.ch hispeed.ch sunrise.ch chello.at "
    "aon.at a1.net utanet.at inode.at wp.pl o2.pl onet.pl interia.pl op.pl seznam.cz centrum.cz email.cz "
    "ziggo.nl kpnmail.nl planet.nl xs4all.nl hetnet.nl home.nl skynet.be telenet.be btinternet.com "
    "sky.com talktalk.net virginmedia.com ntlworld.com comcast.net verizon.net att.net sbcglobal.net "
    "cox.net charter.net earthlink.net bellsouth.net rocketmail.com uol.com.br bol.com.br terra.com.br "
    "telia.com online.no tele2.se example.test"
)
DOMAIN_ENDINGS = words(
    "co.uk org.uk ac.uk gov.uk com.au org.au net.au co.at or.at ac.at co.nz co.za com.br com.tr com.mx "
    "com.ar co.jp or.jp ac.jp co.in com.cn com.sg com.hk co.il com.pl com.ua co.kr"
)
