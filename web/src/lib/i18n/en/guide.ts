import type { Message } from '../message';

/** The sentences of the page of help, in English. */
export const guide = {
  'guide.title': 'Help',
  'guide.lead': 'What there is to know, on one page. Your browser’s search finds every word of it.',
  'guide.contents': 'On this page',
  'guide.nest': 'What a nest is',
  'guide.nest.room':
    'A nest is a room with one queue. Everybody in it hears the same second of the same song.',
  'guide.nest.main':
    'The main nest is always there. Members open others, with a name, an address and a song to begin from if they like; such a nest ends some time after the last person has left.',
  'guide.nest.door':
    'Members come by invitation. Guests follow a nest’s link and give a name, where its host lets them. Whoever hosts a nest can lock its door, put somebody out, and hand the nest over.',
  'guide.order': 'Whose turn it is',
  'guide.order.fair':
    'Everybody gets their turn: your first song comes before anybody’s second, your second before anybody’s third. Whoever adds ten songs at once keeps nobody waiting.',
  'guide.order.picture':
    'Ana adds three songs, then Ben one, then Cleo one. They play Ana’s first, Ben’s, Cleo’s, and then the other two of Ana’s.',
  'guide.order.came': 'As they came',
  'guide.order.plays': 'As they play',
  'guide.order.votes':
    'A vote moves a song by one place, up or down. You can turn it or take it back at any time. Your own song is lifted by the votes of others.',
  'guide.order.other':
    'The host may choose another order: most votes first, or first come, first played. The line above the queue says so.',
  'guide.autofill': 'When the queue is empty',
  'guide.autofill.next':
    'Then the nest plays on by itself; people who come from EchoNest know this as Bender. What comes next stands below the queue with its reason: more by the artist of your last song, the same genre, a favourite that was not heard for long, or what somebody queued on this weekday in another year.',
  'guide.autofill.choose':
    '“Queue” takes it as your own song. “Filter” looks for another one, and leaves this one out for some days; hosts let it in again in the settings.',
  'guide.autofill.rest':
    'After a long time without a song of anybody’s the nest rests. Add one, and it goes on. What it likes, and when it rests, is in the nest’s settings.',
  'guide.step': 'Listening in step',
  'guide.step.listen':
    'Press “Listen”. The line below says how well this device is in step: usually within a few thousandths of a second, so that two of them in one room make no echo.',
  'guide.step.picture': 'Three devices at the same place of the same song.',
  'guide.step.nudge':
    'Loudspeakers over Bluetooth, and some televisions, sound late, and no browser knows by how much. Open “Sound and timing” beside the volume, stand where you hear another device as well, and move the slider until the echo is gone. This device remembers it.',
  'guide.step.everybody':
    'Pausing, skipping and seeking change the music for everybody. Volume and mute are yours alone.',
  'guide.react': 'Jams, comments and horns',
  'guide.react.jam':
    'A jam says that you enjoy what plays. A comment is one line about a song; both stay with it in the history.',
  'guide.react.horn':
    'A horn is a short sound that everybody who listens hears over the music. Everybody has some an hour; whose song many jam along to earns a free one. Where the horns are you can mute those of one person, or all on this device.',
  'guide.devices': 'Devices and accounts',
  'guide.devices.where':
    'The settings show where you are signed in. Sign out what you no longer have; a link or its QR code signs in one more.',
  'guide.devices.services':
    'Songs of the library play in the page. Songs of other services, where this server has them, play by your own account there, or in the service’s own player. Where the library has the same song, that one is heard.',
  'guide.devices.programs':
    'Programs and bots have tokens of their own, which you make in the settings and can end at any time.',
  'guide.phone': 'On your phone’s home screen',
  'guide.phone.apple':
    'iPhone and iPad: open this page in Safari, press the share button, then “Add to Home Screen”.',
  'guide.phone.android':
    'Android: open it in Chrome, press ⋮, then “Add to Home screen” or “Install app”. In Firefox it is “Add app to Home screen”.',
  'guide.phone.desk':
    'Computer: Chrome and Edge have a button at the end of the address bar that installs it.',
  'guide.keys': 'Keyboard shortcuts',
  'guide.keys.off': 'The list opens with ? on every page; there they can be switched off.',
  'guide.echonest': 'Coming from EchoNest',
  'guide.echonest.lead':
    'Nearly everything is where you look for it. What has another name or another place:',
  'guide.echonest.bender': 'Bender',
  'guide.echonest.benderIs':
    'The nest plays on by itself. Its preview, with a reason, stands below the queue.',
  'guide.echonest.airhorn': 'Airhorns',
  'guide.echonest.airhornIs': 'The horn beside “Listen”, with 27 sounds and the last ones blown.',
  'guide.echonest.rooms': 'Nest codes',
  'guide.echonest.roomsIs':
    'They lead to the nest as before, also as a short link. A nest may have a word of its own besides.',
  'guide.echonest.kill': 'Killing a song',
  'guide.echonest.killIs': 'The cross at its end of the line, and “Undo” for some seconds.',
  'guide.echonest.volume': 'Volume of the room',
  'guide.echonest.volumeIs':
    'A hint that players in the room may follow, in “Sound and timing”. Your own volume is yours.',
  'guide.echonest.logs': 'Play logs',
  'guide.echonest.logsIs':
    'The history of each nest, by the clock sign beside its name; that of all, beside their list. Old logs can be brought along, with everybody’s songs and jams.',
  'guide.echonest.sync': 'echonest-sync and bots',
  'guide.echonest.syncIs': 'They go on as they are. They need this address, and a token from the settings.'
} as const satisfies Record<string, Message>;
