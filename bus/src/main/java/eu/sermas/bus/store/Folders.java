package eu.sermas.bus.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What Java lacks for folders.
public final class Folders {

    private Folders() {}

    /// The folder that this absolute path is in.
    public static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    /// The first on the way up from here that is there, be it a folder or not.
    public static Path existing(Path path) {
        Path known = path.toAbsolutePath();
        while (!Files.exists(known) && known.getParent() != null) {
            known = known.getParent();
        }
        return known;
    }

    /// Brings the names in a folder to the disk.
    public static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    public static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    /// Removes a folder with all that is in it, where it is there.
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.toList().reversed();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
