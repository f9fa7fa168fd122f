package eu.sermas.bus.store.rocksdb;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// A file system in memory of a size that can be changed while it is in use.
final class SmallDisk {

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /// Skips the test where this process may not mount file systems.
    static SmallDisk mount(Path folder, int mebibytes) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "mode=700," + size(mebibytes),
                        "tmpfs",
                        folder.toString()),
                "a file system can only be mounted by root");
        return new SmallDisk(folder);
    }

    void resize(int mebibytes) throws IOException, InterruptedException {
        remount(size(mebibytes));
    }

    private void remount(String option) throws IOException, InterruptedException {
        if (!run("mount", "-o", "remount," + option, folder.toString())) {
            throw new IOException("not remounted with " + option);
        }
    }

    private static String size(int mebibytes) {
        return "size=" + mebibytes + "m";
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    void unmount() throws IOException, InterruptedException {
        run("umount", "--lazy", folder.toString());
    }
}
