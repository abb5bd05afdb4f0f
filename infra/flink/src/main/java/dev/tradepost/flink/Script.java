package dev.tradepost.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The statements of a script, with what stands in ${…} filled in. */
final class Script {
  private static final Pattern COMMENT = Pattern.compile("^\\s*--.*$", Pattern.MULTILINE);
  /** At the end of a line, so that one in a text does not end a statement. */
  private static final Pattern END = Pattern.compile(";\\s*$", Pattern.MULTILINE);
  /** `${NAME}` must be given, `${NAME:-value}` need not. */
  private static final Pattern PLACE = Pattern.compile("\\$\\{(\\w+)(?::-([^}]*))?}");

  private Script() {}

  static List<String> statements(String text, Settings settings) {
    List<String> statements = new ArrayList<>();
    for (String one : END.split(COMMENT.matcher(text).replaceAll(""))) {
      if (!one.isBlank()) {
        statements.add(filled(one.strip(), settings));
      }
    }
    return statements;
  }

  private static String filled(String statement, Settings settings) {
    return PLACE.matcher(statement).replaceAll(place -> Matcher.quoteReplacement(value(place, settings)));
  }

  private static String value(java.util.regex.MatchResult place, Settings settings) {
    String name = place.group(1);
    if (name.equals("KAFKA")) {
      return KafkaOptions.of(settings);
    }
    String otherwise = place.group(2);
    String value = otherwise == null ? settings.need(name) : settings.of(name, otherwise);
    return KafkaOptions.quoted(value);
  }
}
