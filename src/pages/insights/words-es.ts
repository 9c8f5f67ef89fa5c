import type { Words } from './words-en.ts';

export const es: Words = {
  title: 'Lo que hicieron las tarjetas',
  period: (since, until, zone) => `Del ${since} al ${until} (${zone})`,
  loading: 'Contando …',
  chooser: {
    legend: 'Periodo',
    weeks: (weeks) => (weeks === 52 ? '1 año' : `${weeks} sem.`),
    other: 'Otros días',
    since: 'Desde',
    until: 'Hasta',
    apply: 'Mostrar',
  },
  failed: {
    title: 'No se pudo obtener el informe',
    login:
      'El token de administración no se aceptó. Recargue la página y delo como contraseña; vale cualquier nombre de usuario.',
    other: (says) => `El servicio dice: ${says}`,
    offline: 'El servicio no responde.',
    again: 'Intentarlo otra vez',
  },
  empty: {
    title: 'Ninguna llamada pertinente en estos días',
    lead: 'Esta página se llena cuando una HCE pregunta por una infiltración o una operación de la que trata alguna tarjeta.',
    steps: [
      '¿Aún no hay ninguna HCE conectada? Pegue la línea curl que el servicio mostró al arrancar y recargue.',
      '¿Conectada? Las llamadas sobre otras solicitudes se responden sin mirar la historia y no se cuentan aquí.',
      '¿Busca llamadas anteriores? Elija arriba un periodo más largo. Lo que supera el plazo de conservación ya no está.',
    ],
  },
  facts: {
    acceptance: 'Aceptación',
    acceptanceOf: (answers) => `de ${answers} respuestas`,
    answer: 'Mediana hasta la respuesta',
    answerP90: (p90) => `9 de 10 antes de ${p90}`,
    ignored: 'Sin respuesta',
    ignoredOf: (shown) => `de ${shown} tarjetas mostradas`,
    review: 'Por revisar',
    reviewOf: 'descartadas porque a la historia le falta algo',
    none: 'nada aún',
  },
  funnel: {
    title: 'De la solicitud a la respuesta',
    lead: 'Llamadas, según hasta dónde llegaron. Una llamada repetida cuenta una vez.',
    steps: {
      inScope: 'Pertinentes',
      fired: 'Se aplicó una tarjeta',
      shown: 'Se mostró una tarjeta',
      accepted: 'Aceptadas',
    },
    of: {
      inScope: 'llamadas sobre una solicitud de la que trata alguna tarjeta',
      fired: (part) => `${part} de las llamadas pertinentes`,
      shown: (part) => `${part} de ellas; el resto se retuvo`,
      accepted: (part) => `${part} de ellas`,
    },
    failed: (count) => `${count} de las llamadas pertinentes se respondieron con un error en lugar de tarjetas.`,
    kept: {
      quiet: 'respondida hace poco',
      silent: 'cliente en silencio',
      draft: 'tarjeta en borrador',
      arbitrated: 'otra tarjeta iba antes',
    },
    keptTitle: 'Por qué se retuvieron tarjetas',
    summary: (steps) => `Embudo: ${steps}`,
  },
  attention: {
    title: 'Revise estas tarjetas',
    none: 'Ninguna tarjeta requiere revisión',
    noneLead: (answers) => `Las tarjetas se juzgan cuando tienen ${answers} respuestas.`,
    says: {
      'low-acceptance': ({ value, of = 0, limit }) =>
        `Aceptada en el ${Math.round(value)} % de ${of} respuestas; por debajo del ${limit} % conviene retirarla o ajustarla.`,
      'chart-lacks': ({ value, of = 0, limit }) =>
        `El ${Math.round(value)} % de las ${of} veces que se descartó fue porque a la historia le falta algo; por encima del ${limit} % conviene retirarla o ajustarla.`,
      'hand-check': ({ value, limit }) =>
        value < limit
          ? `Se aplicó sin ser vista ${value} de las ${limit} veces que hay que revisar a mano antes de mostrarla.`
          : `Se aplicó sin ser vista ${value} veces: revise a mano ${limit} antes de mostrarla.`,
    },
    kinds: {
      'low-acceptance': 'Retirar o ajustar',
      'chart-lacks': 'Retirar o ajustar',
      'hand-check': 'Revisar a mano',
    },
  },
  weeks: {
    title: 'Semana a semana',
    lead: 'Tarjetas mostradas, según lo que fue de ellas.',
    accepted: 'aceptadas',
    overridden: 'descartadas',
    ignored: 'sin respuesta',
    week: 'semana del',
    shown: 'mostradas',
    table: 'Como tabla',
    summary: (weeks, shown) =>
      `Barras apiladas: ${shown} tarjetas mostradas en ${weeks} semanas, según lo que fue de ellas.`,
    bar: (week, what, count) => `Semana del ${week}: ${count} ${what}`,
  },
  cards: {
    title: 'Tarjeta por tarjeta',
    lead: 'La aceptación es de las respuestas; las tarjetas que nadie respondió van aparte.',
    card: 'Tarjeta',
    fired: 'Aplicada',
    shown: 'Mostrada',
    accepted: 'Aceptada',
    overridden: 'Descartada',
    ignored: 'Sin respuesta',
    acceptance: 'Aceptación',
    answer: 'Mediana',
    draft: 'borrador',
    retired: 'retirada',
    old: 'versión anterior',
    trend: 'Aplicada, por semana',
    quiet: (count) =>
      count === 1 ? '1 más se juzgó y nunca se aplicó' : `${count} más se juzgaron y nunca se aplicaron`,
  },
  reasons: {
    title: 'Por qué se descartaron tarjetas',
    none: 'No se descartó ninguna tarjeta.',
    noReason: 'Sin indicar motivo',
    other: 'Otros motivos',
    lacks: 'a la historia le falta algo',
    summary: 'Barras: tarjetas descartadas por motivo.',
  },
  suggestions: {
    title: 'Qué se aceptó',
    none: 'No se aceptó ninguna tarjeta.',
    other: 'Otra propuesta',
    summary: 'Barras: tarjetas aceptadas por propuesta.',
  },
  unseen: {
    title: 'En silencio, junto a lo mostrado',
    lead: 'Lo que se aplicó sin que nadie lo viera, porque el cliente está en silencio o la tarjeta es un borrador, junto a lo mostrado.',
    none: 'Nada está a prueba: ningún cliente está en silencio y ningún borrador se aplicó.',
    card: 'Tarjeta',
    client: 'Cliente',
    inScope: 'Llamadas pertinentes',
    firing: 'Se aplica en',
    shown: 'Mostrada',
    silent: 'Cliente en silencio',
    draft: 'Borrador',
    unseen: 'Sin ser vista: cliente en silencio o borrador',
    openMode: 'modo abierto',
    byCard: 'Por tarjeta',
    byClient: 'Por cliente',
    perHundred: 'Mostradas, o lo serían, de 100 llamadas',
  },
  review: {
    title: 'Dice que a la historia le falta algo',
    lead: 'Cada uno de estos médicos sabía algo que la historia no decía. Busque la llamada por su hookInstance; aquí no se nombra a ningún paciente.',
    none: 'Ninguna tarjeta se descartó porque a la historia le faltara algo.',
    shown: 'Mostrada',
    card: 'Tarjeta',
    client: 'Cliente',
    reason: 'Motivo',
    instance: 'hookInstance',
    more: (listed, total) => `Las ${listed} últimas de ${total}.`,
    all: (count) => `Mostrar las ${count}`,
  },
  definitions: {
    title: 'Qué significan estos números',
    list: [
      [
        'Pertinente',
        'Una llamada sobre una solicitud de la que trata alguna tarjeta. Las demás se responden al instante y no se cuentan.',
      ],
      ['Aplicada', 'La tarjeta valía para este paciente y nada la hizo callar.'],
      ['Mostrada', 'El cliente recibió la tarjeta. La misma tarjeta en una llamada repetida cuenta una vez.'],
      [
        'Aceptada, descartada',
        'Según la última respuesta a la tarjeta. Una respuesta anterior que ella sustituyó cuenta igualmente como aviso.',
      ],
      [
        'Sin respuesta',
        'Mostrada, y hasta ahora sin respuesta. Muchos clientes no envían nada cuando se pasa de largo.',
      ],
      ['Aceptación', 'Aceptadas entre aceptadas y descartadas.'],
      [
        'Tiempo hasta la respuesta',
        'Desde que se muestra hasta la primera respuesta según el reloj del cliente, con un margen del 5 %.',
      ],
    ],
  },
  strays: {
    unknown: (count) =>
      `Respuestas sobre tarjetas que este servicio no ha mostrado, o que ya ha borrado: ${count}. No se cuentan arriba.`,
    earlier: (count) => `Respuestas sobre tarjetas mostradas antes de estos días: ${count}. No se cuentan arriba.`,
    late: (count) => `Respuestas que llegaron demasiado tarde para contarse: ${count}.`,
  },
  exports: 'Exportar: rehab-first insights --format csv, json o md.',
};
