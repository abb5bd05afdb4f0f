package dev.tradepost.flink;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * Runs windows.sql. What it takes from outside are the variables of {@link Settings}; the only
 * argument is where more of them are written, for a cluster that passes on no environment.
 */
public final class Runner {
  private static final String SCRIPT = "windows.sql";
  private static final Pattern SET = Pattern.compile("SET\\s+'([^']+)'\\s*=\\s*'([^']*)'");

  private Runner() {}

  public static void main(String[] args) {
    try {
      run(args);
    } catch (BadSettings error) {
      System.err.println("bad configuration: " + error.getMessage());
      System.exit(2);
    } catch (Exception error) {
      // Not left to the machine: Flink's own threads would keep the process as if it worked.
      error.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(String[] args) throws IOException {
    Settings settings = Settings.read(System.getenv(), args.length > 0 ? args[0] : "");
    List<String> statements = Script.statements(script(settings), settings);
    Configuration configuration = new Configuration();
    configuration.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
    // Written where the work begins, so that a cluster's own settings are kept where none is given.
    settings
        .given("CHECKPOINT_FOLDER")
        .ifPresent(
            folder -> {
              configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
              configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder);
            });
    settings
        .given("STATE_BACKEND")
        .ifPresent(backend -> configuration.set(StateBackendOptions.STATE_BACKEND, backend));
    StreamExecutionEnvironment execution =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    StreamTableEnvironment tables = StreamTableEnvironment.create(execution);
    for (int at = 0; at < statements.size(); at++) {
      try {
        TableResult result = execute(tables, statements.get(at));
        // A cluster goes on by itself; on one's own machine the job ends with its process.
        if (result != null && execution instanceof LocalStreamEnvironment) {
          await(result);
        }
      } catch (RuntimeException error) {
        String first = statements.get(at).lines().findFirst().orElse("");
        throw new IllegalStateException(
            String.format("statement %d of %s (%s): %s", at + 1, SCRIPT, first, error), error);
      }
    }
  }

  /** Flink knows SET in its SQL client alone. */
  private static TableResult execute(StreamTableEnvironment tables, String statement) {
    Matcher set = SET.matcher(statement);
    if (set.matches()) {
      tables.getConfig().set(set.group(1), set.group(2));
      return null;
    }
    return tables.executeSql(statement);
  }

  private static void await(TableResult result) {
    try {
      result.await();
    } catch (InterruptedException | ExecutionException error) {
      throw new IllegalStateException(error);
    }
  }

  /** The one in the jar, unless another is named. */
  private static String script(Settings settings) throws IOException {
    String file = settings.of("WINDOWS_SQL", "");
    if (!file.isEmpty()) {
      return Files.readString(Path.of(file));
    }
    try (InputStream bundled = Runner.class.getResourceAsStream("/" + SCRIPT)) {
      if (bundled == null) {
        throw new BadSettings("WINDOWS_SQL: is missing, and the jar has no " + SCRIPT);
      }
      return new String(bundled.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
