/** In Spanish. */
import type { Texts } from "./texts.ts";

export const es: Texts = {
  kinds: {
    WELCOME: {
      title: () => "Te damos la bienvenida a Tradepost",
      body: ({ fullName }) =>
        `Hola${fullName === undefined ? "" : ` ${fullName}`}: tu cuenta está lista.`,
    },
    ORDER_CONFIRMED: {
      title: () => "Tu pedido está confirmado",
      body: ({ orderId, amount, pieces }, { money }) =>
        `El pedido ${orderId} está confirmado: ${piecesOf(pieces)}, ${money(amount) ?? "nada"}.`,
    },
    ORDER_CANCELLED: {
      title: () => "Tu pedido se ha cancelado",
      body: ({ orderId }) => `El pedido ${orderId} se ha cancelado. Se devuelve lo cobrado.`,
    },
    ORDER_SHIPPED: {
      title: () => "Tu pedido está en camino",
      body: ({ orderId }) => `Todo el pedido ${orderId} está en camino.`,
    },
    ORDER_DELIVERED: {
      title: () => "Tu pedido ha llegado",
      body: ({ orderId }) => `Todo el pedido ${orderId} ha llegado.`,
    },
    ORDER_RETURNED: {
      title: () => "Hemos recibido tu devolución",
      body: ({ orderId, amount, pieces }, { money }) =>
        `Devolución del pedido ${orderId}: ${piecesOf(pieces)}; ` +
        `importe que te reembolsaremos: ${money(amount) ?? "nada"}.`,
    },
    PAYMENT_FAILED: {
      title: () => "Tu pago no se ha realizado",
      body: ({ orderId, amount }, { money }) =>
        `El pago de ${money(amount) ?? "nada"} del pedido ${orderId} se ha rechazado. ` +
        "No se ha cobrado nada.",
    },
    PAYMENT_REFUNDED: {
      title: () => "Te devolvemos dinero",
      body: ({ orderId, amount }, { money }) =>
        `Reembolso del pedido ${orderId} en camino: ${money(amount) ?? "nada"}.`,
    },
    PAYMENT_DISPUTED: {
      title: () => "Un cobro está en disputa",
      body: ({ orderId, amount, disputeReason }, { money }) =>
        `El banco de quien hizo el pedido ${orderId} disputa ${money(amount) ?? "nada"}: ` +
        `${disputeReason}. Hasta que decida, de este pedido no se devuelve ni se paga nada.`,
    },
    REMINDER: {
      title: ({ title }) => title ?? "Recordatorio",
      body: ({ body }) => body ?? "",
    },
    WEBHOOK_DISABLED: {
      title: () => "Se ha desactivado un endpoint de webhooks",
      body: ({ host }) =>
        `Ya no se envía nada a tu endpoint en ${host}: no aceptaba lo que se enviaba. ` +
        "Cuando lo acepte, vuelve a activarlo.",
    },
    VERIFY_EMAIL: {
      title: () => "Confirma tu dirección de correo",
      body: () =>
        "Hemos enviado un código a tu dirección de correo: confirma que la dirección es tuya.",
    },
    RESET_PASSWORD: {
      title: () => "Elige una contraseña nueva",
      body: () =>
        "Alguien ha pedido elegir una contraseña nueva para tu cuenta. El código está en un " +
        "mensaje a tu dirección de correo. Si no has sido tú, no hagas nada: tu contraseña sigue " +
        "siendo la misma.",
    },
    PASSWORD_CHANGED: {
      title: () => "Tu contraseña ha cambiado",
      body: () =>
        "Tu cuenta tiene una contraseña nueva y se ha cerrado la sesión en todos los demás " +
        "sitios. Si no has sido tú, indica al iniciar sesión que la has olvidado y elige otra.",
    },
    TEST: {
      title: () => "Esto es una prueba",
      body: () => "La has pedido: lo que te concierne habría llegado así.",
    },
  },
  codes: {
    VERIFY_EMAIL: "Para confirmar que esta dirección de correo es tuya, introduce este código:",
    RESET_PASSWORD:
      "Alguien ha pedido elegir una contraseña nueva para tu cuenta. Si has sido tú, introduce " +
      "este código; si no, no hagas nada: tu contraseña sigue siendo la misma.",
  },
  phoneCode: (code) =>
    `${code} es tu código en Tradepost, válido diez minutos. No se lo digas a nadie.`,
  expiry: (time) => `Es válido hasta: ${time}.`,
  facts: { order: "Pedido", pieces: "Unidades", amount: "Importe", time: "Fecha" },
  digest: (count) => `${count === 1 ? "1 mensaje" : `${count} mensajes`} de Tradepost`,
  footers: {
    required: "Este mensaje trata de tus pedidos, tu dinero o tu cuenta: llega siempre.",
    optional:
      "Tu programa de correo, o tus preferencias en Tradepost, desactivan los mensajes como este.",
  },
};

function piecesOf(count: number | undefined): string {
  return count === 1 ? "1 unidad" : `${count} unidades`;
}
