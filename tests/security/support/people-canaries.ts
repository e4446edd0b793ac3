import type { PersonalKind } from "../../../convex/model/policyTypes";
import type { MarkerFactory } from "./marker-factory";

/** Everything by which the data knows people, for the texts that name them. */
export class PeopleCanaries {
  private readonly names: [first: string, last: string][] = [];
  private readonly emails: string[] = [];
  private readonly phones: string[] = [];
  private readonly ndisNumbers: string[] = [];
  private readonly birthDates: string[] = [];
  private readonly imageUrls: string[] = [];
  private days = 0;

  constructor(private readonly factory: MarkerFactory) {}

  /** A value for a personal field, with a marker in it. */
  field(name: string, kind: PersonalKind): string {
    switch (kind) {
      case "participant_first_name":
        return this.name(name)[0];
      case "participant_last_name":
        // Schema order: the first name came just before.
        return this.names.at(-1)?.[1] ?? "";
      case "participant_name":
      case "user_name":
        return this.name(name).join(" ");
      case "contact":
        return `${this.name(name).join(" ")} (mother) ${spaced(this.phone(name))}`;
      case "phone":
        return spaced(this.phone(name));
      case "email":
        return this.email(name);
      case "ndis_number":
        return this.ndisNumber(name);
      case "date_of_birth":
        return this.birthDate(name);
      case "image_url":
        return this.imageUrl(name);
      case "account_id":
        return this.factory.text(name, "personal");
    }
  }

  /** A text that names all of them in many spellings, and has an address and a number of its own. */
  text(name: string): string {
    const street = this.factory.nameWord(`${name}, street`);
    const email = this.factory.text(`${name}, unknown email`, "personal");
    return [
      ...this.names.flatMap(nameSpellings),
      ...this.emails.flatMap((known) => [
        known,
        known.toUpperCase(),
        `<${known}>`,
        `mailto:${known}`,
      ]),
      ...this.phones.flatMap((phone) => [phone, `(${spaced(phone)})`, `+61${phone.slice(1)}`]),
      ...this.ndisNumbers.flatMap((number) => [`NDIS ${number}`, `No.${number},`, grouped(number)]),
      ...this.birthDates.map((date) => `DOB ${date}, born ${date.split("-").reverse().join("/")}`),
      ...this.imageUrls.map((url) => `see ${url}, and "${url}"`),
      `write to ${email}@nobody.test, or come to 117 ${street} Street, Toowoomba QLD 4350.`,
    ].join(". ");
  }

  /** The same as what an application logs: keys, values and JSON. */
  opaque(name: string): Record<string, string | string[] | Record<string, string>> {
    const [[first, last] = ["", ""]] = this.names;
    return {
      note: this.text(name),
      list: this.names.flatMap(nameSpellings),
      people: Object.fromEntries(this.names.map((words) => [words.join(" "), "present"])),
      body: JSON.stringify({ participant: this.names, text: this.text(`${name}, JSON`) }),
      participant_name: `${first} ${last}`,
      firstName: first,
      reporterName: this.factory.nameWord(`${name}, nobody's name under reporterName`),
      email: this.factory.text(`${name}, no email under email`, "personal"),
    };
  }

  private name(name: string): [first: string, last: string] {
    const words: [string, string] = [
      this.factory.nameWord(`${name}, first`),
      this.factory.nameWord(`${name}, last`),
    ];
    this.names.push(words);
    return words;
  }

  private email(name: string): string {
    const email = `${this.factory.text(name, "personal")}@canaries.test`;
    this.emails.push(email);
    return email;
  }

  private phone(name: string): string {
    const phone = this.factory.digits(name, "04", 8, (digits) => [
      spaced(digits),
      `61${digits.slice(1)}`,
    ]);
    this.phones.push(phone);
    return phone;
  }

  private ndisNumber(name: string): string {
    const number = this.factory.digits(name, "43", 7, (digits) => [grouped(digits)]);
    this.ndisNumbers.push(number);
    return number;
  }

  private imageUrl(name: string): string {
    const url = `https://images.test/${this.factory.text(name, "personal")}.png`;
    this.imageUrls.push(url);
    return url;
  }

  /** A day of 1911, which nothing else in the data mentions. */
  private birthDate(name: string): string {
    this.days += 1;
    const value = new Date(Date.UTC(1911, 0, 13 + this.days)).toISOString().slice(0, 10);
    const spellings = [value, value.split("-").reverse().join("/")];
    this.factory.add({ name, kind: "personal", value, spellings });
    this.birthDates.push(value);
    return value;
  }
}

/** A name as people write it. */
function nameSpellings([first, last]: [string, string]): string[] {
  const full = `${first} ${last}`;
  return [
    ...[`${full} was there`, full.toUpperCase(), full.toLowerCase(), `${last}, ${first}`],
    ...[first, last, first.toLowerCase(), `${first}'s bag`, `${first}’s bag`, `${last}s’ bags`],
    ...[`(${last})`, `"${first}"`, `“${first}”`, `*${full}*`, `_${first}_`, `<b>${last}</b>`],
    ...[`${first}/${last}`, `${first}-${last}`, `${first}\n${last}`, `…${first}…`, `@${first}`],
    ...[`#${last}`, `${first}: yes`, `Dr ${last}`, `${first.charAt(0)}. ${last}`, `${first}1985`],
    ...[`${first}.${last}@mail.test`, `https://files.test/${first}/${last}.pdf`, `[${first}]`],
  ];
}

/** 0491 570 156 */
function spaced(phone: string): string {
  return phone.replace(/^(\d{4})(\d{3})(\d{3})$/, "$1 $2 $3");
}

/** 430 123 456 */
function grouped(number: string): string {
  return number.replace(/(\d{3})(?=\d)/g, "$1 ");
}
