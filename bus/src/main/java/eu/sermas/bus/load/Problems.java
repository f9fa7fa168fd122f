package eu.sermas.bus.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What went wrong, in words, each once and not too many. For any thread. Nothing in here may hold
/// a user name: it is a token.
final class Problems {

    private static final int MOST = 5;

    private final CopyOnWriteArrayList<String> texts = new CopyOnWriteArrayList<>();

    void add(String text) {
        if (texts.size() < MOST) {
            texts.addIfAbsent(text);
        }
    }

    List<String> all() {
        return List.copyOf(texts);
    }
}
