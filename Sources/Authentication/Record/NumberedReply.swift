/// What the store answered, and which question it is the reply to.
package struct NumberedReply: Sendable {
    package let number: Int
    package let reply: RecordReply

    package init(number: Int, reply: RecordReply) {
        self.number = number
        self.reply = reply
    }
}
