// Owns the sample messages that are spam: made up for the purpose, and delivered with a mark in the header.
import { type Letter, letter, lines } from './sample-letter.ts';
import type { SampleMessage } from './sample-message.ts';

function marked(name: string, description: string, parts: Omit<Letter, 'id'>): SampleMessage {
  return {
    name,
    description,
    expectation: { kind: 'delivered', action: 'tag', removedFields: [] },
    content: letter({ id: name, ...parts }),
  };
}

export function spamSamples(): SampleMessage[] {
  return [
    marked('spam-fortune', 'a fortune for a stranger', {
      subject: 'URGENT BUSINESS PROPOSAL - STRICTLY CONFIDENTIAL',
      from: '"DR. BENJAMIN OKORO" <benjamin.okoro@bank-office.example>',
      fields: ['Reply-To: barrister.okoro@private-mail.example', 'X-Priority: 1'],
      body: lines(
        'DEAR FRIEND,',
        '',
        'I AM DR. BENJAMIN OKORO, DIRECTOR OF THE FOREIGN REMITTANCE DEPARTMENT OF OUR BANK.',
        'I HAVE AN URGENT AND CONFIDENTIAL BUSINESS PROPOSAL FOR YOU. IN MY DEPARTMENT WE',
        'DISCOVERED AN ABANDONED SUM OF US$25,500,000.00 (TWENTY FIVE MILLION FIVE HUNDRED',
        'THOUSAND UNITED STATES DOLLARS) IN AN ACCOUNT THAT BELONGS TO A FOREIGN CUSTOMER WHO',
        'DIED WITH HIS ENTIRE FAMILY IN A PLANE CRASH. SINCE WE GOT THE INFORMATION ABOUT HIS',
        'DEATH, WE HAVE BEEN EXPECTING HIS NEXT OF KIN TO COME OVER AND CLAIM HIS MONEY.',
        '',
        'I AM CONTACTING YOU TO ASSIST ME IN THE TRANSFER OF THIS FUND INTO YOUR BANK ACCOUNT.',
        'YOU WILL RECEIVE 30% OF THE TOTAL SUM FOR YOUR ASSISTANCE. THIS TRANSACTION IS 100%',
        'RISK FREE. PLEASE SEND ME YOUR FULL NAME, BANK ACCOUNT NUMBER, TELEPHONE AND FAX NUMBER',
        'IMMEDIATELY.',
        '',
        'BEST REGARDS,',
        'DR. BENJAMIN OKORO',
      ),
    }),
    marked('spam-pills', 'pills, in HTML with tricks', {
      subject: 'Lose weight FAST!!! Order viagra online - no prescription needed $$$',
      from: '"Online Pharmacy" <offer8841@pills-4-less.example>',
      type: 'text/html; charset=us-ascii',
      encoding: '7bit',
      fields: ['Reply-To: remove@another-shop.example', 'X-Mailer: Bulk Mailer 5.1'],
      body: lines(
        '<html><body bgcolor="#FFFFFF"><center>',
        '<font size="7" color="#FF0000"><b>LOSE UP TO 30 POUNDS IN 30 DAYS!!!</b></font><br>',
        '<font color="#FFFFFF">quarterly minutes agenda attached regards</font>',
        '<p><b>FREE trial! CLICK HERE NOW to order vi<!-- x -->agra online. No prescription',
        'needed! 100% money back guarantee. Limited time offer, act now and save $$$!</b></p>',
        '<a href="http://203.0.113.77:8080/order/?id=8841"><img',
        'src="http://203.0.113.77:8080/banner.gif" width="600" height="400" border="0"></a>',
        '<p><a href="http://203.0.113.77:8080/r.php">http://www.bank.example/secure</a></p>',
        '<p><font size="1">To be removed from our mailing list click here and enter your email',
        'address. You received this because you opted in at one of our partner sites.</font></p>',
        '</center></body></html>',
      ),
    }),
  ];
}
