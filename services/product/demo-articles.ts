// What the demo shop sells; demo-products.ts makes five finishes of each.

export interface Article {
  readonly name: string;
  readonly categories: readonly string[];
  /** In cents, of the plainest finish. */
  readonly cents: number;
  readonly material: string;
  readonly about: string;
}

function shelf(category: string, ...articles: [string, string, number, string, string][]) {
  return articles.map(
    ([name, second, cents, material, about]): Article => ({
      name,
      categories: [category, second],
      cents,
      material,
      about,
    }),
  );
}

export const articles: readonly Article[] = [
  ...shelf(
    "Kitchen",
    ["Stoneware Mug", "Tableware", 1_999, "stoneware", "Holds 350 ml and keeps it warm"],
    ["Chef's Knife 20 cm", "Tools", 8_900, "carbon steel", "Forged in one piece, sharp for years"],
    ["Cast Iron Skillet", "Cookware", 4_450, "cast iron", "Seasoned and ready for the stove"],
    ["Pour-over Coffee Set", "Coffee", 3_790, "glass", "Carafe, cone and forty filters"],
    ["Linen Tea Towel", "Textiles", 1_250, "linen", "Dries glasses without a trace"],
    ["Chopping Board", "Tools", 2_950, "oak", "End grain that is kind to blades"],
    ["Pepper Mill", "Tableware", 3_400, "beech", "Ceramic grinder, six settings"],
    ["Enamel Saucepan", "Cookware", 5_600, "enamelled steel", "Two litres, for any hob"],
  ),
  ...shelf(
    "Home",
    ["Desk Lamp", "Lighting", 6_990, "aluminium", "Turns, tilts and dims without a step"],
    ["Wool Throw", "Textiles", 7_900, "lambswool", "Woven in a mill that has done little else"],
    ["Wall Clock", "Decoration", 4_990, "ash", "Silent movement, easy to read"],
    ["Scented Candle", "Decoration", 2_200, "soy wax", "Cedar and fig, forty hours"],
    ["Storage Basket", "Storage", 3_150, "seagrass", "For logs, toys or laundry"],
    ["Bed Linen Set", "Textiles", 11_900, "organic cotton", "Washed soft before you get it"],
    ["Picture Frame A4", "Decoration", 1_850, "maple", "Hangs or stands, with a mount"],
    ["Floor Cushion", "Furniture", 5_450, "cotton canvas", "Filled with buckwheat husks"],
  ),
  ...shelf(
    "Office",
    ["Notebook A5", "Stationery", 1_490, "recycled paper", "192 dotted pages that lie flat"],
    ["Fountain Pen", "Stationery", 4_200, "brass", "Medium nib, writes at once"],
    ["Monitor Stand", "Furniture", 6_450, "walnut", "Lifts the screen, hides the keyboard"],
    ["Mechanical Keyboard", "Electronics", 12_900, "aluminium", "Quiet switches, two layers"],
    ["Laptop Sleeve 14″", "Bags", 3_900, "wool felt", "Snug, with room for a charger"],
    ["Desk Organiser", "Storage", 2_750, "bamboo", "Five compartments for small things"],
    ["Wireless Charger", "Electronics", 3_490, "anodised aluminium", "15 W, stays put"],
    ["Reading Light", "Lighting", 2_890, "steel", "Clips on and weighs nothing"],
  ),
  ...shelf(
    "Outdoor",
    ["Trail Backpack 28 l", "Bags", 13_900, "ripstop nylon", "Sheds rain, carries well"],
    ["Vacuum Flask 750 ml", "Drinks", 3_600, "stainless steel", "Hot for twelve hours"],
    ["Camping Hammock", "Camping", 5_900, "parachute silk", "Packs to the size of a fist"],
    ["Head Torch", "Lighting", 4_590, "aluminium", "400 lumens, charged by USB-C"],
    ["Merino Base Layer", "Clothing", 7_450, "merino wool", "Warm, dry, never itchy"],
    ["Rain Jacket", "Clothing", 15_900, "recycled nylon", "Taped seams, a hood that follows"],
    ["Folding Stool", "Camping", 4_100, "ash and canvas", "Carries 120 kg, weighs 900 g"],
    ["Enamel Camping Plate", "Camping", 1_350, "enamelled steel", "Takes knocks for decades"],
  ),
  ...shelf(
    "Garden",
    ["Secateurs", "Tools", 3_850, "carbon steel", "For the left hand and the right"],
    ["Watering Can 5 l", "Watering", 4_700, "galvanised steel", "Balanced, with a fine rose"],
    ["Terracotta Pot", "Planters", 1_650, "terracotta", "Frost-proof, with a saucer"],
    ["Herb Seed Box", "Plants", 1_290, "organic seed", "Basil, dill, chives and thyme"],
    ["Bird Feeder", "Wildlife", 2_990, "larch", "Easy to fill, hard for squirrels"],
    ["Garden Twine 100 m", "Tools", 790, "jute", "In a tin that cuts it"],
    ["Leather Garden Gloves", "Clothing", 2_650, "goatskin", "Supple, and thornproof"],
    ["Solar Lantern", "Lighting", 3_290, "glass", "Lights up by itself at dusk"],
  ),
];
