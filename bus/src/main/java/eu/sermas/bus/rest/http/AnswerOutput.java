package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where an answer is gathered before a byte of it is sent. Each further part is taken from the
/// share of whoever asked before it is there.
final class AnswerOutput extends OutputStream {

    private static final int FIRST_PART = 512;

    /// What every request is counted with anyway, so that there is always room for an error.
    private static final int COUNTED = 4 * 1_024;

    /// There is no room for the rest of it.
    static final class OutOfShareException extends IOException {

        private static final long serialVersionUID = 1L;

        OutOfShareException() {
            super("answer: no room for it");
        }
    }

    private final Holding holding;
    private final List<byte[]> full = new ArrayList<>();
    private byte[] part = {};
    private int used;
    private long taken;

    AnswerOutput(Holding holding) {
        this.holding = holding;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (used == part.length) {
                nextPart();
            }
            int now = Math.min(left, part.length - used);
            System.arraycopy(bytes, from, part, used, now);
            used += now;
            from += now;
            left -= now;
        }
    }

    private void nextPart() throws OutOfShareException {
        int length = Math.clamp(2L * part.length, FIRST_PART, AnswerBody.LARGEST_PART);
        if (length > COUNTED) {
            if (!holding.take(length)) {
                throw new OutOfShareException();
            }
            taken += length;
        }
        if (used > 0) {
            full.add(part);
        }
        part = new byte[length];
        used = 0;
    }

    /// Forgets what was written.
    void reset() {
        full.clear();
        part = new byte[0];
        used = 0;
        holding.giveBack(taken);
        taken = 0;
    }

    AnswerBody body() {
        List<byte[]> parts = new ArrayList<>(full);
        if (used > 0) {
            parts.add(used == part.length ? part : Arrays.copyOf(part, used));
        }
        return new AnswerBody(parts, false);
    }
}
