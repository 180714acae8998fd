"""Given names that stand for each other, English and German: whoever is called Bob is a Robert on paper."""

from functools import lru_cache

# One line for each name on paper, then what people with it are called.
LINES = """
abigail abby gail
adelheid heidi adele
agnes nessie agi
albert bert bertie al albrecht
alexander alex sascha sandy alec sander xander lex
alexandra alex sandra sandy lexi sascha
alfred fred alf freddy fredi
alice alicia ali
alois loisl luis
amanda mandy
andreas andi andy andre andrew drew anders
andrea andi andy
angelika angela geli angie
anna anne ann annie anni anja anke annika nina
annemarie anne annemie
anthony tony anton toni antonio
antonia toni
archibald archie
arthur art arti
augustus gus august gustl
barbara babs barb barbie babsi bärbel
bartholomew bart
beatrice bea trixi beatrix beate
benedikt ben bene benno
benjamin ben benny benni benno
bernadette berna
bernhard bernd berni bernard bernie
bettina betti tina
bradley brad
brigitte gitte gitta biggi birgit bridget
caroline carola carolin carolina carrie caro lina karoline
cassandra cassie
catherine cathy katherine katharina kathrin katrin kate kathy katie kati käthe kathi
catherine katja trina karin kitty katarina cathrin catrin katharina kathrin
cecilia cecile cilli cäcilia
charles charlie chuck karl carl carlos charly
charlotte lotte charly lottie
christian chris christi
christina chris christine tina christa christel christiane chrissie kirsten kristina kristin
christopher chris christoph christof kris topher stoffel
claudia claudi
clemens klemens
cornelia conny nele corni
cornelius neil conny
cynthia cindy
daniel dan danny dani
daniela dani
david dave davy
deborah debbie deb debora
dennis denny
detlef detlev
dietrich dieter dirk dietmar
dominik dom nick dominic
donald don donny
dorothea doro dora dorothee thea dorothy dot dottie
douglas doug
eberhard ebi hardy
edgar ed
edmund ed eddie ted
eduard ed edi eddie edward ted teddy ned edwin
eleonora nora lenore elli eleanor ellie nell nora
elisabeth elizabeth lisa liz beth betty elsa else elli lizzie lisbeth sissi sisi bessie elise lilli ella eliza
emil emilio
emily emmi emma em emilia
emmanuel manny manuel manu
erich eric erik rick
ernst ernest ernie
esther hester essie
eugen gene eugene
evelyn eva evi eve
ferdinand ferdi fernando
florence flo flossie
florian flo flori
frances fran fanny francesca franziska franzi fränzi sissi franka
francis frank fran frankie francesco
frank frankie
franz francis frank franzl
frederick fred freddy friedrich fritz frederik fredi rick friedel
gabriel gabe gabi
gabriele gabi gaby gabriela
georg george schorsch jörg jürgen georgie
gerald gerry jerry gerold
gerhard gerd gert hardy gerry
gertrud trude gerti traudl trudi gertrude
gisela gisi
gottfried friedel
gregor greg gregory grigor
gudrun guddi
günter günther gunther gunter guenni
gustav gus gustl
hannah hanna hanne hannelore johanna
harald harry
harold harry hal
heinrich heinz heiner henry henrik hinnerk hal hank harry heini
helene helena lena leni lene ellen helen nell nellie
helga helgi
helmut helmuth
herbert herb bert herbie
hermann herman
hildegard hilde hilda
hubert bert hugh hubertus
ignaz ignatius naz
ingeborg inge inga
irene reni
isabella isabel bella izzy isabelle isa elsa belle
jacob jake jakob jack james köbi
jacqueline jackie jacky
james jim jimmy jamie
jeffrey jeff geoffrey geoff
jennifer jenny jen jenni
jeremy jerry jeremias
jessica jess jessie
joachim jochen achim jo jochem
johann hans johannes john hannes jan jack johnny jean ivan giovanni juan hansi
john jack johnny jon
jonathan jon jonny nathan
josef joseph sepp joe jupp joey josip seppi jo beppo
josephine josefine josie fina josefa
judith judy jutta
julia jule julie jules
julian jule jules
karl carl karlheinz kalle
karlheinz heinz karl kalle
kenneth ken kenny
konrad conrad conny kurt
konstantin constantin konsti
lawrence larry laurence lars lorenz laurenz
leonard leo len lenny leonhard lenni leon
leopold leo poldi
lieselotte lilo liselotte lotte lise
louis lou louie ludwig luis lutz
louise lou luise lulu luisa
ludwig lutz wiggerl luggi
madeleine maddie magda madeline madlen
magdalena magda lena leni maggie
manfred manni fred mani
manuela manu ela
margaret maggie meg peggy marge margie margarete margarethe margot grete gretel greta rita
margaret margit marguerite gretchen margret marga margarete
maria marie mary mia mitzi maike mariele molly polly ria
marianne mari
markus marcus mark marc marco
martha patty marthe
martin marty
martina tina
matthew matt matthias matthäus mattes hias mathias matti matze matheo
maximilian max maxi
melanie mel melly
melissa mel missy lissa
michael mike mick micky michi michel mikael mischa mickey michal
michaela michi ela micha
mildred millie
monika moni mona monica
nathaniel nate nathan nat
natalie nat nathalie natascha natalia
nicholas nick nicky nikolaus klaus niko nico niklas nils claus niclas nicolas nicolai nikolai colin
nicole nicki niki nicky
norbert norb bert
oliver olli ollie oli
otto otti
pamela pam
patricia pat patty trish tricia patsy patrizia
patrick pat paddy patrik
paul pauli pablo
pauline paula
peter pete piet pit pedro pierre
philipp philip phil filip fips lipp phillip
raimund ray raymond mundi
rainer reiner reinhard reinhold rayner
raphael rafael raffi rafa
rebecca becky bec rebekka becca
regina gina regine
renate rena nate reni
richard dick rick richie ricky rich ricardo
robert bob rob bobby robbie robin bert robby roberto
roger rodger rüdiger
roland rolli rollo
rolf rudolf
ronald ron ronny
rosemarie rosi rose romy rosa
rudolf rudi rolf rudolph rudy
rupert ruppert robert
sabine bine bina biene
samantha sam sammy
samuel sam sammy sami
sandra sandy alexandra
sarah sara sally sadie
sebastian basti bastian seb wastl bastien
siegfried siggi sigi sigfried
sigmund siggi sigi siegmund
silke cäcilie
simon simi
sophie sofie sophia sofia fia
stanislaus stani stan stanley
stefan stephan steffen steve stephen steven stefano steff
stefanie stephanie steffi steph stefania
susanne susan sue suzy susi sanne suse susanna suzanne susie susann
sylvia silvia silvi
terence terry terrence
theodor theo ted teddy theodore
theresa terry tess therese resi tessa teresa resl
thomas tom tommy thom tomas
timothy tim timmy timo
tobias tobi toby
ulrich uli ulli ulric udo
ulrike ulli uli rike
ursula uschi ulla urs ursel uschy
valentin valli val valentine
veronika vroni vera veronica ronnie
victor vic viktor
victoria vicky tori viktoria vicki
vincent vince vinzenz vinnie vin
virginia ginny ginger
walter walt wally walther
werner wern
wilhelm willi will william bill willy wim guillaume
wilhelmine minna mina wilma minchen
william bill will billy willy liam willi
wolfgang wolf wolfi
yvonne vonni
zachary zach zack zacharias
"""  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    """Every name with the first names of the lines on which it stands."""
    from rapport.kernel.duplicates.texts import plain

    found: dict[str, set[str]] = {}
    for line in LINES.strip().splitlines():
        words = [plain(word) for word in line.split()]
        for word in words:
            found.setdefault(word, set()).add(words[0])
    return {word: frozenset(heads) for word, heads in found.items()}


def on_paper(name: str) -> tuple[str, ...]:
    """The names that this may be short for, itself when none is known; `name` as texts.plain writes it."""
    return tuple(sorted(_names().get(name, (name,))))


def are_nicknames(one: str, other: str) -> bool:
    """Whether both names can be those of one person."""
    names = _names()
    left, right = names.get(one), names.get(other)
    return bool(left and right and left & right)
