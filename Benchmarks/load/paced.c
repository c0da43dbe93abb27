// A client that sends HTTP requests at a given rate, whatever the answers do (an open load), or as fast as they come.
//
//     paced PORT CONNECTIONS RATE SECONDS LIMIT FIRST COUNT [FILE]
//
// RATE is requests a second, their distances exponentially distributed; 0: each connection sends its next request when
// it has its answer. It sends for SECONDS, or LIMIT requests (0: no limit). The requests are COUNT header lines of FILE
// from line FIRST on, in turn; without FILE there is no credential.
//
// A request's latency counts from when it was due, not from when a connection was free for it. Prints one line of JSON:
// times in microseconds, the answers by what they say in x-authgear-session-valid, those that took 40 ms or more, and p99.9
// of each second of an open load, by when the requests were due: a pause of the machine is in few of them.
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 16384, EVENTS = 256, MICROSECONDS = 1000000, SLOW_MICROSECONDS = 40000, DRAIN_SECONDS = 5 };

struct connection {
    int socket;
    int used;          // bytes of the answer that have arrived
    double due;        // when the request under way was due
    char buffer[BUFFER + 1];
};

struct request {
    char *text;
    size_t length;
};

static struct connection *connections;
static int *idle, idle_count;
static struct request *requests;
static long request_count;
static uint32_t histogram[MICROSECONDS];  // answers by microseconds; the last one holds all that took longer
static long sent, answered, valid, invalid, refused, slow;
static double longest;

// Of an open load: when each answered request was due, in seconds from the start, and what it took.
static struct sample { double due; double took; } *samples;
static long sample_count, sample_room;
static double started;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double uniform(void) {
    static uint64_t state = 88172645463325252ull;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return ((state >> 11) + 1) / 9007199254740993.0;
}

static void read_requests(const char *file, long first, long count) {
    const char *head = "GET /resolve HTTP/1.1\r\nHost: resolver\r\n";
    requests = calloc(count, sizeof *requests);
    FILE *input = file ? fopen(file, "r") : NULL;
    if (file && !input) fail(file);
    char *line = NULL;
    size_t room = 0;
    for (long number = 0; request_count < count; number++) {
        ssize_t length = input ? getline(&line, &room, input) : 0;
        if (length < 0) break;
        if (number < first) continue;
        if (length > 0) line[--length] = 0;
        char *text = malloc(strlen(head) + length + 5);
        int written = sprintf(text, length ? "%s%s\r\n\r\n" : "%s%s\r\n", head, length ? line : "");
        requests[request_count++] = (struct request){text, written};
        if (!input) break;
    }
    if (request_count == 0) { fprintf(stderr, "no requests\n"); exit(1); }
    if (input) fclose(input);
    free(line);
}

static void open_connection(int poll, int index, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int descriptor = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
    connections[index].socket = descriptor;
    idle[idle_count++] = index;
}

static void send_next(double due) {
    struct connection *connection = &connections[idle[--idle_count]];
    struct request *request = &requests[sent++ % request_count];
    connection->due = due;
    connection->used = 0;
    // A request fits the socket's empty buffer: it is written whole.
    ssize_t written = send(connection->socket, request->text, request->length, MSG_NOSIGNAL);
    if (written != (ssize_t)request->length) fail("send");
}

static void receive(int index) {
    struct connection *connection = &connections[index];
    char *free = connection->buffer + connection->used;
    ssize_t count = recv(connection->socket, free, BUFFER - connection->used, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) { fprintf(stderr, "a connection was closed\n"); exit(1); }
    connection->used += count;
    connection->buffer[connection->used] = 0;
    // Bodies are empty, so an answer ends where its head does.
    if (connection->used < 4 || memcmp(connection->buffer + connection->used - 4, "\r\n\r\n", 4) != 0) return;
    double took = now() - connection->due;
    int place = took * 1e6 < MICROSECONDS - 1 ? (int)(took * 1e6) : MICROSECONDS - 1;
    histogram[place]++;
    if (took > longest) longest = took;
    if (sample_count < sample_room) samples[sample_count++] = (struct sample){connection->due - started, took};
    answered++;
    if (took * 1e6 >= SLOW_MICROSECONDS) slow++;
    if (memcmp(connection->buffer + 9, "200", 3) != 0) refused++;
    const char *field = strstr(connection->buffer, "session-valid: ");
    if (field && field[15] == 't') valid++;
    if (field && field[15] == 'f') invalid++;
    idle[idle_count++] = index;
}

static long percentile(double share) {
    long wanted = (long)ceil(answered * share), seen = 0;
    for (int place = 0; place < MICROSECONDS; place++)
        if ((seen += histogram[place]) >= wanted) return place;
    return MICROSECONDS;
}

static int by_second_and_time(const void *left, const void *right) {
    const struct sample *a = left, *b = right;
    long difference = (long)a->due - (long)b->due;
    if (difference) return difference < 0 ? -1 : 1;
    return a->took < b->took ? -1 : a->took > b->took;
}

// Prints p99.9 of each whole second, in microseconds.
static void print_seconds(double seconds) {
    qsort(samples, sample_count, sizeof *samples, by_second_and_time);
    for (long first = 0, next; first < sample_count && (long)samples[first].due + 1 <= seconds; first = next) {
        for (next = first; next < sample_count && (long)samples[next].due == (long)samples[first].due;) next++;
        long place = first + (long)ceil((next - first) * 0.999) - 1;
        printf("%s%.0f", first ? ", " : "", samples[place].took * 1e6);
    }
}

static void run(int poll, double rate, double seconds, long limit) {
    struct epoll_event events[EVENTS];
    double start = now(), due = start;
    started = start;
    // A tenth more than are to be expected: more than that are hardly ever due.
    sample_room = rate > 0 ? (long)(rate * seconds * 1.1) + 1000 : 0;
    samples = calloc(sample_room + 1, sizeof *samples);
    for (;;) {
        double time = now();
        int is_over = time >= start + seconds || (limit && sent >= limit);
        if (is_over && (sent == answered || time >= start + seconds + DRAIN_SECONDS)) break;
        while (!is_over && idle_count && (rate == 0 || due <= time) && !(limit && sent >= limit)) {
            send_next(rate == 0 ? now() : due);
            if (rate > 0) due -= log(uniform()) / rate;
        }
        // Sleeping would make it late: it sleeps only when the next request is more than 2 ms away.
        double rest = is_over || rate == 0 ? 0.1 : due - time;
        int ready = epoll_wait(poll, events, EVENTS, rest > 0.002 ? (int)(rest * 1000) - 1 : 0);
        for (int number = 0; number < ready; number++) receive(events[number].data.u32);
    }
    double took = now() - start;
    printf("{\"sent\": %ld, \"answered\": %ld, \"seconds\": %.6f, \"valid\": %ld, \"invalid\": %ld, \"refused\": %ld, "
           "\"p50\": %ld, \"p90\": %ld, \"p99\": %ld, \"p999\": %ld, \"longest\": %.0f, \"slow\": %ld, "
           "\"p999_of_seconds\": [",
           sent, answered, took, valid, invalid, refused, percentile(0.5), percentile(0.9), percentile(0.99),
           percentile(0.999), longest * 1e6, slow);
    print_seconds(seconds);
    printf("]}\n");
}

int main(int count, char **arguments) {
    if (count < 8) { fprintf(stderr, "paced PORT CONNECTIONS RATE SECONDS LIMIT FIRST COUNT [FILE]\n"); return 2; }
    int number = atoi(arguments[2]), poll = epoll_create1(0);
    read_requests(count > 8 ? arguments[8] : NULL, atol(arguments[6]), atol(arguments[7]));
    connections = calloc(number, sizeof *connections);
    idle = calloc(number, sizeof *idle);
    for (int index = 0; index < number; index++) open_connection(poll, index, atoi(arguments[1]));
    run(poll, atof(arguments[3]), atof(arguments[4]), atol(arguments[5]));
    return 0;
}
