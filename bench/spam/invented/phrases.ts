// Owns the words of the made-up mail: written for this purpose, nothing is anybody's real message.
import type { Label } from '../mail.ts';

export interface Genre {
  readonly name: string;
  readonly label: Label;
  readonly shape: 'plain' | 'html' | 'alternative' | 'encoded';
  readonly senders: readonly string[];
  readonly subjects: readonly string[];
  readonly openings: readonly string[];
  readonly sentences: readonly string[];
  readonly closings: readonly string[];
  /** Where the links go; none in a genre without. */
  readonly links: readonly string[];
}

const ham: readonly Omit<Genre, 'label'>[] = [
  {
    name: 'personal',
    shape: 'plain',
    senders: ['Mira Holt <mira.holt@family.example>', 'Jonas <jonas@post.example>'],
    subjects: ['Re: Sunday', 'the garden', 'Photos from the lake', 'Re: your train'],
    openings: ['Hi,', 'Hello you two,', 'Dear Anna,'],
    sentences: [
      'Thanks for the jam, it was gone by Tuesday.',
      'We could take the early train and walk from the station.',
      'Tom has lost his first tooth and tells everybody.',
      'The tomatoes did not survive the hail, but the beans are fine.',
      'I will bring the ladder back when I come by.',
      'Did you hear anything from the landlord about the cellar?',
      'Mum asks whether you can bring the big tent.',
    ],
    closings: ['Love, Mira', 'See you, Jonas', 'Best wishes'],
    links: [],
  },
  {
    name: 'list',
    shape: 'plain',
    senders: ['Ivo Brand <ivo@kernel.example>', 'Sana Rao <sana.rao@build.example>'],
    subjects: [
      '[PATCH v2 3/7] spool: bound the queue',
      'Re: [RFC] drop the old parser',
      'build fails on arm',
    ],
    openings: ['On Monday Ivo wrote:', 'Hi all,', 'Reviewed-by is missing here.'],
    sentences: [
      'The lock is taken twice when the queue is full, see the trace below.',
      '> I would rather return an error than block the caller.',
      'Please rebase this on the current branch and send it again.',
      'With this patch the test passes on both machines.',
      'if (count > limit) return -EBUSY;',
      'The commit message should say why, not only what.',
      'I can reproduce it with the second configuration only.',
    ],
    closings: ['Thanks, Sana', '-- \nIvo', 'Signed-off-by: Ivo Brand <ivo@kernel.example>'],
    links: ['https://git.example/tree/spool.c'],
  },
  {
    name: 'receipt',
    shape: 'alternative',
    senders: ['Book Corner <orders@bookcorner.example>', 'Railways <tickets@rail.example>'],
    subjects: ['Your order 48213', 'Your ticket for 14 May', 'Receipt for your purchase'],
    openings: ['Thank you for your order.', 'Your booking is complete.'],
    sentences: [
      'The parcel leaves our store tomorrow and takes two days.',
      'Total including tax: 23.80, paid by card ending in 1189.',
      'You can return the goods within thirty days.',
      'Your seat is 41 in coach 7, direction of travel.',
      'Please keep this message as your receipt.',
      'Delivery address: the one that you have stored with us.',
    ],
    closings: ['Your Book Corner', 'Have a good journey'],
    links: ['https://www.bookcorner.example/orders/48213', 'https://rail.example/booking'],
  },
  {
    name: 'newsletter',
    shape: 'html',
    senders: ['City Library <news@library.example>', 'Cycling Club <office@wheels.example>'],
    subjects: ['What happens in June', 'New books this month', 'Summer tour: sign up by Friday'],
    openings: ['Dear members,', 'Dear readers,'],
    sentences: [
      'The reading room is open until nine on Thursdays.',
      'Our summer tour follows the river for sixty kilometres.',
      'The annual meeting has elected a new board.',
      'Children under twelve borrow for free.',
      'The workshop has been moved to the second floor.',
      'We are looking for two people who help at the counter.',
    ],
    closings: ['Your library', 'The board of the club'],
    links: ['https://library.example/june', 'https://wheels.example/tour'],
  },
  {
    name: 'office',
    shape: 'encoded',
    senders: ['Petra Lindqvist <p.lindqvist@office.example>', 'Accounts <accounts@office.example>'],
    subjects: ['Minutes of the meeting', 'Re: offer for the façade', 'Holiday plan'],
    openings: ['Dear colleagues,', 'Hello Mr Møller,'],
    sentences: [
      'The minutes are on the shared drive, corrections until Wednesday please.',
      'The supplier has confirmed the second delivery for week 32.',
      'Could you check the figures in the third column once more?',
      'The lift is out of order until Friday.',
      'I have moved our appointment to half past two.',
      'The draft of the contract went to the lawyers this morning.',
    ],
    closings: ['Kind regards, Petra Lindqvist', 'Regards'],
    links: [],
  },
];

const spam: readonly Omit<Genre, 'label'>[] = [
  {
    name: 'pills',
    shape: 'html',
    senders: ['Online Pharmacy <deal77@pills-4-u.example>', '"Dr. Max" <drmax@herbal.example>'],
    subjects: ['SAVE 80% today only!!!', 'Cheap meds, no prescription', 'She will thank you'],
    openings: ['Dear customer!', 'HELLO FRIEND'],
    sentences: [
      'Buy viagra and cialis at the lowest price on the net!',
      'No prescription needed, discreet packaging, worldwide shipping.',
      'Lose thirty pounds in ten days, guaranteed or money back!',
      'Order now and get twenty pills free.',
      'Doctors hate this simple trick.',
      'This offer expires at midnight, act now!',
    ],
    closings: ['Click here to order', 'Remove me from this list'],
    links: ['http://203.0.113.66/buy', 'http://cheap-meds.pills-4-u.example/?id=8871'],
  },
  {
    name: 'fortune',
    shape: 'plain',
    senders: [
      'Barrister James Okon <barr_okon@free.example>',
      'LOTTERY BOARD <claims@win.example>',
    ],
    subjects: ['URGENT BUSINESS PROPOSAL', 'YOU HAVE WON 2,500,000 EUR', 'Confidential'],
    openings: ['Dear Sir/Madam,', 'ATTENTION WINNER,', 'Dear Beloved,'],
    sentences: [
      'I am the attorney of a late client who left the sum of 18.5 million US dollars.',
      'I need a trustworthy foreign partner to transfer this fund.',
      'You will receive forty percent of the total sum for your assistance.',
      'Your email address was drawn in our international lottery.',
      'Send your full name, bank account and telephone number to claim.',
      'This transaction is one hundred percent risk free and legal.',
      'Keep this strictly confidential until the money is in your account.',
    ],
    closings: ['Yours faithfully, Barrister James Okon', 'God bless you'],
    links: [],
  },
  {
    name: 'phishing',
    shape: 'alternative',
    senders: [
      '"Security Team" <no-reply@account-verify.example>',
      'Your Bank <alert@secure-login.example>',
    ],
    subjects: [
      'Your account has been suspended',
      'Unusual sign-in activity',
      'Action required: verify now',
    ],
    openings: ['Dear valued customer,', 'Dear user,'],
    sentences: [
      'We have detected unusual activity in your account.',
      'Your account will be closed within 24 hours unless you verify your identity.',
      'Please confirm your password and card number on our secure page.',
      'Your mailbox has exceeded its quota and incoming messages are held.',
      'Click the button below to restore your access immediately.',
      'Failure to update your billing information will result in termination.',
    ],
    closings: ['The Security Department', 'Do not reply to this message'],
    links: ['http://secure-login.example/verify.php?u=1', 'http://198.51.100.9/~bank/login.html'],
  },
  {
    name: 'money',
    shape: 'encoded',
    senders: ['Crypto Profit <win@coin-boost.example>', 'SEO Expert <rank1@traffic.example>'],
    subjects: ['Earn $9,000 a week from home', 'Your website on page 1', 'Bitcoin: last chance'],
    openings: ['Hello dear,', 'Congratulations!'],
    sentences: [
      'Earn nine thousand dollars a week working from home, no experience needed.',
      'Our robot trades bitcoin for you and never loses.',
      'We guarantee the first page of all search engines within a week.',
      'Invest 250 dollars today and watch it double by tomorrow.',
      'Cheap replica watches, free shipping, satisfaction guaranteed!',
      'Get rich now, click here, limited places available!!!',
    ],
    closings: ['To your success!', 'Unsubscribe by replying STOP'],
    links: ['http://coin-boost.example/join?ref=991', 'http://traffic.example/cheap'],
  },
];

export const genres: readonly Genre[] = [
  ...ham.map((genre) => ({ ...genre, label: 'ham' as const })),
  ...spam.map((genre) => ({ ...genre, label: 'spam' as const })),
];
