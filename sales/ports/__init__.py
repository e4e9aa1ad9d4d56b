"""What the product needs from the other rooms. Storage implements the books; channels, screens and CRMs the rest."""

from sales.ports.work import LaneTransactions, Order, Transactions, Work

__all__ = ["LaneTransactions", "Order", "Transactions", "Work"]
