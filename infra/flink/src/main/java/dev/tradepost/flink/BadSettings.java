package dev.tradepost.flink;

/** Says which variable is wrong and how. */
final class BadSettings extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadSettings(String message) {
    super(message);
  }
}
