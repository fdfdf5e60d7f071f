import type { Translation } from '../message';
import type { guide as english } from '../en/guide';

/** The sentences of the page of help, in German. */
export const guide: Translation<typeof english> = {
  'guide.title': 'Hilfe',
  'guide.lead': 'Was es zu wissen gibt, auf einer Seite. Die Suche deines Browsers findet jedes Wort.',
  'guide.contents': 'Auf dieser Seite',
  'guide.nest': 'Was ein Nest ist',
  'guide.nest.room':
    'Ein Nest ist ein Raum mit einer Warteschlange. Alle darin hören dieselbe Sekunde desselben Stücks.',
  'guide.nest.main':
    'Das Hauptnest ist immer da. Mitglieder öffnen weitere, wenn sie wollen mit Namen, Adresse und einem Stück, von dem es ausgeht; so ein Nest endet einige Zeit, nachdem alle gegangen sind.',
  'guide.nest.door':
    'Mitglieder kommen auf Einladung. Gäste folgen dem Link eines Nests und nennen einen Namen, wo das erlaubt ist. Wer ein Nest führt, kann die Tür abschließen, jemanden hinausbitten und das Nest weitergeben.',
  'guide.order': 'Wer an der Reihe ist',
  'guide.order.fair':
    'Alle kommen an die Reihe: Dein erstes Stück kommt vor jedem zweiten der anderen, dein zweites vor jedem dritten. Wer zehn Stücke auf einmal einreiht, hält niemanden auf.',
  'guide.order.picture':
    'Ana reiht drei Stücke ein, dann Ben eines, dann Cleo eines. Gespielt werden Anas erstes, das von Ben, das von Cleo und dann die anderen beiden von Ana.',
  'guide.order.came': 'Wie sie kamen',
  'guide.order.plays': 'Wie sie spielen',
  'guide.order.votes':
    'Eine Stimme rückt ein Stück um einen Platz vor oder zurück. Du kannst sie jederzeit umdrehen oder zurücknehmen. Dein eigenes Stück heben die Stimmen der anderen.',
  'guide.order.other':
    'Wer das Nest führt, kann eine andere Reihenfolge wählen: die meisten Stimmen zuerst, oder wie die Stücke kamen. Über der Warteschlange steht es.',
  'guide.autofill': 'Wenn die Warteschlange leer ist',
  'guide.autofill.next':
    'Dann spielt das Nest von selbst weiter; wer von EchoNest kommt, kennt das als Bender. Unter der Warteschlange steht, was als Nächstes kommt und warum: mehr von denen, die dein letztes Stück gemacht haben, dasselbe Genre, ein Liebling, der lange nicht lief, oder was jemand an diesem Wochentag in einem anderen Jahr einreihte.',
  'guide.autofill.choose':
    '„Einreihen“ nimmt es als dein eigenes Stück. „Aussortieren“ sucht ein anderes und lässt dieses einige Tage weg; in den Einstellungen wird es wieder zugelassen.',
  'guide.autofill.rest':
    'Nach langer Zeit ohne ein Stück von jemandem ruht das Nest. Reih eines ein, und es geht weiter. Was es mag und wann es ruht, steht in den Einstellungen des Nests.',
  'guide.step': 'Im Takt hören',
  'guide.step.listen':
    'Drück „Mithören“. Die Zeile darunter sagt, wie gut dieses Gerät im Takt ist: meist auf wenige Tausendstelsekunden, sodass zwei in einem Raum kein Echo machen.',
  'guide.step.picture': 'Drei Geräte an derselben Stelle desselben Stücks.',
  'guide.step.nudge':
    'Lautsprecher über Bluetooth und manche Fernseher klingen zu spät, und kein Browser weiß, um wie viel. Öffne neben der Lautstärke „Ton und Takt“, stell dich dorthin, wo du auch ein anderes Gerät hörst, und schieb den Regler, bis das Echo weg ist. Dieses Gerät merkt es sich.',
  'guide.step.everybody':
    'Anhalten, Überspringen und Springen ändern die Musik für alle. Lautstärke und Stumm gelten nur für dich.',
  'guide.react': 'Jams, Kommentare und Tröten',
  'guide.react.jam':
    'Ein Jam sagt, dass dir gefällt, was läuft. Ein Kommentar ist eine Zeile über ein Stück; beides bleibt ihm im Verlauf.',
  'guide.react.horn':
    'Eine Tröte ist ein kurzer Klang, den alle hören, die zuhören, über der Musik. Alle haben einige in der Stunde; wessen Stück vielen gefällt, verdient eine dazu. Bei den Tröten kannst du die von jemandem stumm schalten, oder alle auf diesem Gerät.',
  'guide.devices': 'Geräte und Konten',
  'guide.devices.where':
    'Die Einstellungen zeigen, wo du angemeldet bist. Melde ab, was du nicht mehr hast; ein Link oder sein QR-Code meldet ein weiteres an.',
  'guide.devices.services':
    'Stücke der Bibliothek spielen in der Seite. Stücke anderer Dienste, wo dieser Server sie hat, spielen über dein eigenes Konto dort oder im Spieler des Dienstes. Hat die Bibliothek dasselbe Stück, ist dieses zu hören.',
  'guide.devices.programs':
    'Programme und Bots haben eigene Tokens, die du in den Einstellungen erzeugst und jederzeit widerrufen kannst.',
  'guide.phone': 'Auf dem Startbildschirm deines Telefons',
  'guide.phone.apple':
    'iPhone und iPad: Öffne diese Seite in Safari, drück auf Teilen, dann auf „Zum Home-Bildschirm“.',
  'guide.phone.android':
    'Android: Öffne sie in Chrome, drück auf ⋮, dann auf „Zum Startbildschirm hinzufügen“ oder „App installieren“. In Firefox heißt es „App zum Startbildschirm hinzufügen“.',
  'guide.phone.desk': 'Computer: In Chrome und Edge installiert es ein Knopf am Ende der Adresszeile.',
  'guide.keys': 'Tastenkürzel',
  'guide.keys.off': 'Die Liste öffnet sich mit ? auf jeder Seite; dort lassen sie sich abschalten.',
  'guide.echonest': 'Von EchoNest kommend',
  'guide.echonest.lead': 'Fast alles ist, wo du es suchst. Was anders heißt oder woanders ist:',
  'guide.echonest.bender': 'Bender',
  'guide.echonest.benderIs':
    'Das Nest spielt von selbst weiter. Was es vorhat, steht mit Grund unter der Warteschlange.',
  'guide.echonest.airhorn': 'Airhorns',
  'guide.echonest.airhornIs': 'Die Tröte neben „Mithören“, mit 27 Klängen und den letzten, die es gab.',
  'guide.echonest.rooms': 'Nest-Codes',
  'guide.echonest.roomsIs':
    'Sie führen wie bisher ins Nest, auch als kurzer Link. Daneben kann ein Nest ein eigenes Wort haben.',
  'guide.echonest.kill': 'Ein Stück entfernen',
  'guide.echonest.killIs': 'Das Kreuz am Ende der Zeile, und einige Sekunden lang „Rückgängig“.',
  'guide.echonest.volume': 'Lautstärke im Raum',
  'guide.echonest.volumeIs':
    'Ein Hinweis, dem Spieler im Raum folgen können, unter „Ton und Takt“. Deine eigene Lautstärke gehört dir.',
  'guide.echonest.logs': 'Play-Logs',
  'guide.echonest.logsIs':
    'Der Verlauf jedes Nests, beim Uhrzeichen neben dem Namen; der aller Nester neben ihrer Liste. Alte Logs kommen mit, mit allen Stücken und Jams.',
  'guide.echonest.sync': 'echonest-sync und Bots',
  'guide.echonest.syncIs':
    'Sie laufen weiter, wie sie sind. Sie brauchen diese Adresse und ein Token aus den Einstellungen.'
};
