// Which passwords anybody would guess. Length is the contract's rule.
import { commonPasswords, commonWords } from "./common-passwords.ts";

/** Why a password is too easy, or undefined. `email` is whose it will be. */
export function weakness(password: string, email: string): string | undefined {
  const text = password.toLowerCase();
  if (isOf(text, email.toLowerCase())) {
    return "must not be made of the e-mail address";
  }
  if (isRepeated(text)) {
    return "must not repeat the same few characters";
  }
  if (isRun(text)) {
    return "must not follow the keyboard or the alphabet";
  }
  if (commonPasswords.has(text.replace(/\s/g, "")) || isCommonWord(text)) {
    return "must not be one of the most common passwords";
  }
  return undefined;
}

function isOf(text: string, email: string): boolean {
  const [name = ""] = email.split("@");
  // A name of one letter is in every password, undecorated it is none.
  return text === email || (name.length > 2 && bare(text) === bare(name));
}

const maxUnit = 6;

/** `aaaaaaaaaaaa`, `abcabcabcabc`, `1234512345123`. */
function isRepeated(text: string): boolean {
  for (let unit = 1; unit <= Math.min(maxUnit, text.length / 2); unit++) {
    if (text.slice(unit) === text.slice(0, -unit)) {
      return true;
    }
  }
  return false;
}

const rows = [
  "12345678901234567890",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop[]",
  "qwertzuiop",
  "azertyuiop",
  "asdfghjkl;'",
  "zxcvbnm,./",
  "yxcvbnm",
  "!@#$%^&*()_+",
  // Columns of a keyboard, walked down.
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
  "qazwsxedcrfvtgbyhnujmikolp",
  "1q2w3e4r5t6y7u8i9o0p",
];
const walks = [...rows, ...rows.map((row) => [...row].reverse().join(""))];
const minRun = 3;

/** Nothing but runs of at least three: `qwertyuiop123`, `abcdefgh4321`. */
function isRun(text: string): boolean {
  // coveredTo[i]: the first i characters are runs.
  const covered = [true];
  for (let end = minRun; end <= text.length; end++) {
    for (let start = 0; start <= end - minRun && !covered[end]; start++) {
      const piece = text.slice(start, end);
      covered[end] = covered[start] === true && walks.some((walk) => walk.includes(piece));
    }
  }
  return covered[text.length] === true;
}

const spellings: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** `Password2024!`, `P@ssw0rd1234`, `welcome-welcome`: one word, said once or twice, and numbers. */
function isCommonWord(text: string): boolean {
  const word = bare(text);
  const read = [...word].map((letter) => spellings[letter] ?? letter).join("");
  return [word, read, halfOf(word), halfOf(read)].some(
    (candidate) => commonWords.has(candidate) || commonPasswords.has(candidate),
  );
}

function halfOf(word: string): string {
  const letters = word.replace(/[^\p{L}]/gu, "");
  const half = letters.slice(0, letters.length / 2);
  return half + half === letters ? half : word;
}

/** Without the digits and signs around it. */
function bare(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
}
