package dev.tradepost.flink;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Variables: those of the environment, and of a file what they do not say. */
final class Settings {
  private final Map<String, String> variables;

  Settings(Map<String, String> variables) {
    this.variables = variables;
  }

  /** The file may be in a bucket: whatever the cluster's Flink can read. */
  static Settings read(Map<String, String> environment, String file) throws IOException {
    Map<String, String> all = new HashMap<>();
    if (!file.isEmpty()) {
      Properties written = new Properties();
      FileSystem files = FileSystem.get(URI.create(file));
      try (FSDataInputStream bytes = files.open(new Path(file));
          Reader text = new InputStreamReader(bytes, StandardCharsets.UTF_8)) {
        written.load(text);
      }
      written.stringPropertyNames().forEach(name -> all.put(name, written.getProperty(name)));
    }
    environment.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            all.put(name, value);
          }
        });
    return new Settings(all);
  }

  Optional<String> given(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  String of(String name, String otherwise) {
    return given(name).orElse(otherwise);
  }

  String need(String name) {
    return given(name).orElseThrow(() -> new BadSettings(name + ": is missing"));
  }
}
