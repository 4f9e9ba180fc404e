import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;

/** Fail CAUSE N HOST FOLDER: fails for real, of the cause, with names and numbers of the variant N. */
public class Fail {
  static class ProvisionException extends RuntimeException {
    ProvisionException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  record Instance(String name, String address) {}

  /** A resource that cannot be closed. */
  record Lease(String host) implements AutoCloseable {
    public void close() throws IOException {
      throw new IOException("lease of " + host + " is held by another");
    }
  }

  interface Cause {
    void fail(int n, String host, Path folder) throws Exception;
  }

  static final Map<String, Cause> causes = new LinkedHashMap<>();

  static {
    causes.put("isNull", (n, host, folder) -> System.out.println(new Instance(host, null).address().length()));
    causes.put("refused", (n, host, folder) -> {
      try (Socket socket = new Socket("127.0.0.1", 20000 + 19 * n)) {
        socket.getOutputStream().write(n);
      } catch (IOException error) {
        throw new ProvisionException("agent of " + host + " did not answer in " + n + " s", error);
      }
    });
    causes.put("missing", (n, host, folder) -> new FileReader(folder.resolve(host + ".properties").toFile()).read());
    causes.put("bounds", (n, host, folder) -> System.out.println((new int[n + 3])[2 * n + 3]));
    causes.put("number", (n, host, folder) -> Integer.parseInt(host));
    causes.put("later", (n, host, folder) -> {
      ExecutorService pool = Executors.newSingleThreadExecutor(run -> {
        Thread thread = new Thread(run, "boot-" + n);
        thread.setDaemon(true);
        return thread;
      });
      pool.submit(() -> {
        throw new IllegalStateException("quota of cores exceeded: " + n + " of " + n + " in use");
      }).get();
    });
    causes.put("unknownHost", (n, host, folder) -> new Socket(host + ".invalid", 22).close());
    causes.put("heap", (n, host, folder) -> System.out.println(new long[n][1 << 28].length));
    causes.put("element", (n, host, folder) -> List.<String>of().iterator().next());
    causes.put("suppressed", (n, host, folder) -> {
      try (Lease lease = new Lease(host)) {
        throw new IllegalArgumentException("unknown flavor m" + n + ".large");
      }
    });
    causes.put("closing", (n, host, folder) -> {
      try (Lease lease = new Lease(host)) {
        System.out.println(lease);
      }
    });
    causes.put("wait", (n, host, folder) -> new CompletableFuture<String>().get(n, TimeUnit.MILLISECONDS));
    causes.put("date", (n, host, folder) -> Instant.parse("2026-13-" + n));
    causes.put("class", (n, host, folder) -> Class.forName("com.example.drivers.Openstack"));
    causes.put("deep", (n, host, folder) -> causes.get("deep").fail(n + 1, host, folder));
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("causes")) System.out.println(String.join(" ", causes.keySet()));
    else causes.get(args[0]).fail(Integer.parseInt(args[1]), args[2], Path.of(args[3]));
  }
}
